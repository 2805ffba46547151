/**
  Tests that docs/reference/flake.md and ./promises go together: a claim for each row of
  the tables of outputs and arguments, and a row for each argument of mkImages and mkFlake.

  # Type

  ```
  reference :: { is } -> { <test> = { found, wanted, ok }; }
  ```
*/
{
  # Function of ./default.nix: tests for equality.
  is,
}:
let
  inherit (builtins)
    any
    attrNames
    concatMap
    concatStringsSep
    elem
    elemAt
    filter
    functionArgs
    head
    isString
    match
    replaceStrings
    split
    ;

  text = builtins.readFile ../../docs/reference/flake.md;
  before = mark: text: head (split "\n## ${mark}\n" text);
  after = mark: text: elemAt (split "\n## ${mark}\n" text) 2;

  # The first name in each row of the tables of a section.
  rowsOf =
    section:
    concatMap (
      line:
      let
        name = match "[|] `([^`]+)`.*" line;
      in
      if name == null then [ ] else name
    ) (filter isString (split "\n" section));
  outputs = rowsOf (before "Arguments" (after "Outputs" text));
  arguments = rowsOf (before "Several images" (after "Arguments" text));

  # Names alone: nothing of it is evaluated.
  claims = attrNames (
    import ./promises {
      lib = { };
      pkgs = { };
      system = "";
      mkFlake = { };
      mkImages = { };
      overlay = { };
    }
  );
  contains = part: text: replaceStrings [ part ] [ "" ] text != text;
  isClaimed = name: any (contains "`${name}`") claims;

  mkImages = import ../../nix/mkImages.nix {
    inputs = { };
    muslinSrc = null;
  } { };
  mkFlake = import ../../nix/mkFlake.nix {
    inputs = { };
    muslinSrc = null;
  };
  accepted = attrNames (functionArgs mkImages // functionArgs mkFlake);
in
assert outputs != [ ] && arguments != [ ];
{
  "every output of the reference has a claim" = is (filter (name: !(isClaimed name)) outputs) [ ];
  "every argument of the reference has a claim" = is (filter (name: !(isClaimed name)) arguments) [ ];
  "the reference has the arguments that there are" = is (concatStringsSep " " (
    filter (name: !(elem name accepted)) arguments
  )) "";
  "there are no arguments that the reference has not" = is (filter (
    name: !(elem name arguments)
  ) accepted) [ ];
}
