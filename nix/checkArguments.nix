{ quoteNames }:

/**
  Check the names and types of the arguments of mkFlake and mkImages, which would
  otherwise fail far from where they are written. What `src` may be is checked by
  ./toSourcePath.nix, and what stands in `images` and `platforms` where it is read.

  # Type

  ```
  checkArguments :: string -> attrs -> attrs
  ```
*/
# The function that is called.
function:
# Its arguments.
arguments:
let
  inherit (builtins)
    all
    attrNames
    filter
    head
    intersectAttrs
    isAttrs
    isFunction
    isList
    isPath
    isString
    removeAttrs
    typeOf
    ;

  # Types of arguments: what is accepted, in words, and as one writes it.
  types = {
    any = {
      accepts = _: true;
    };
    string = {
      accepts = isString;
      words = "a string";
      example = "\"…\"";
    };
    strings = {
      accepts = value: isList value && all isString value;
      isList = true;
      words = "a list of strings";
      example = "[ \"…\" ]";
    };
    files = {
      accepts = value: isList value && all (file: isString file || isPath file) value;
      isList = true;
      words = "a list of paths or strings";
      example = "[ \"docs/schema.sql\" ]";
    };
    attrs = {
      accepts = isAttrs;
      words = "an attribute set";
      example = "{ … }";
    };
    function = parameters: {
      accepts = value: isFunction value || isAttrs value && value ? __functor;
      words = "a function";
      example = "${parameters} …";
    };
  };
  orNull =
    type:
    type
    // {
      accepts = value: value == null || type.accepts value;
    };

  known = {
    src = types.any;
    package = orNull types.string;
    bins = orNull types.strings;
    images = orNull types.attrs;
    # A string, a function or a derivation.
    toolchain = types.any;
    toolchainHash = orNull types.string;
    platforms = types.any;
    features = types.strings;
    cargoArgs = types.strings;
    nativeBuildInputs = types.function "pkgs:";
    buildInputs = types.function "pkgs:";
    env = types.attrs;
    extraFiles = types.files;
    exclude = types.files;
    outputHashes = types.attrs;
    registries = types.function "craneLib:";
    labels = types.attrs;
    version = orNull types.string;
    revision = orNull types.string;
    owner = orNull types.string;
    created = types.string;
    checks = types.strings;
    allowedPaths = types.strings;
    devShell = orNull (types.function "pkgs:");
    extraArgs = types.function "pkgs: target: previous:";
    overrides = types.function "final: prev:";
  }
  // (
    if function == "mkFlake" then
      {
        self = types.any;
        systems = types.strings;
      }
    else
      { }
  );

  unknown = attrNames (removeAttrs arguments (attrNames known));
  wrong = filter (name: !(known.${name}.accepts arguments.${name})) (
    attrNames (intersectAttrs known arguments)
  );
  name = head wrong;
  type = known.${name};
  value = arguments.${name};
  found =
    if isList value && type.isList or false then
      "is a list with something else in it"
    else
      "is of type ${typeOf value}";
in
if unknown != [ ] then
  throw "muslin: `${head unknown}` is not an argument of `${function}`, which has ${quoteNames (attrNames known)}"
else if wrong != [ ] then
  throw "muslin: `${name}` of `${function}` must be ${type.words}, and ${found}; write `${name} = ${type.example};`"
else
  arguments
