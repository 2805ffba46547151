{ }:

/**
  Make a path of the argument `src`: a path, `self`, an input, or a string in the store.
  Only of a path can parts be selected; a string would make everything depend on
  every file.

  # Type

  ```
  toSourcePath :: (path or string or { outPath }) -> path
  ```
*/
src:
let
  inherit (builtins)
    attrNames
    filter
    getContext
    isPath
    isString
    match
    stringLength
    substring
    typeOf
    unsafeDiscardStringContext
    ;

  isSet = builtins.isAttrs src && src ? outPath;
  text = if isSet then "${src}" else src;
  # What derivations it is the output of.
  isBuilt = filter (path: match ".*[.]drv" path != null) (attrNames (getContext text)) != [ ];
  isInStore = substring 0 (stringLength builtins.storeDir + 1) text == "${builtins.storeDir}/";
in
if isPath src then
  src
else if !isSet && !(isString src) then
  throw "muslin: `src` must be a path, and is of type ${typeOf src}; write `src = ./.;`"
else if isBuilt then
  throw "muslin: `src` is built by a derivation, and Cargo.toml is read before anything is built; make it an input of the flake, with `flake = false;`, and write `src = inputs.NAME;`"
else if isInStore then
  /. + unsafeDiscardStringContext text
else
  throw "muslin: `src` must be a path, and is of type ${typeOf src}; write `src = ./.;` without quotes"
