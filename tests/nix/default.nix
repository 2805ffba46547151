/**
  Tests of the functions in nix/lib that need no flake input, on values and fixtures.
  `nix-instantiate --eval --strict --json tests/nix` gives the number of tests that passed, or throws
  with what failed.
*/
let
  inherit (builtins)
    attrNames
    concatStringsSep
    deepSeq
    filter
    length
    toJSON
    tryEval
    ;

  scope = import ./scope.nix;
  inherit (scope) targets;
  requireNixVersion = import ../../nix/requireNixVersion.nix { };

  refuses = value: !(tryEval (deepSeq value true)).success;
  is = found: wanted: {
    inherit found wanted;
    ok = found == wanted;
  };
  holds = ok: is ok true;

  tests = {
    "an old Nix is refused" = holds (refuses (requireNixVersion { current = "2.7.0"; } 1));
    "a new Nix is accepted" = is (requireNixVersion { current = "2.31.2"; } 1) 1;
    "every target has its own platform" =
      is (map (arch: targets.${arch}.platform) (attrNames targets))
        [
          "linux/amd64"
          "linux/arm64"
        ];
  }
  // (import ./values.nix {
    inherit
      is
      refuses
      holds
      scope
      ;
  })
  // (import ./versions.nix { inherit is scope; })
  // (import ./settings.nix { inherit is holds scope; })
  // (import ./packages.nix { inherit is scope; })
  // (import ./descriptions.nix { inherit is refuses scope; })
  // (import ./several-images.nix { inherit is refuses scope; })
  // (import ./arguments.nix { inherit is refuses scope; })
  // (import ./reference.nix { inherit is; });

  failed = filter (name: !tests.${name}.ok) (attrNames tests);
  show = name: "${name}: found ${toJSON tests.${name}.found}, wanted ${toJSON tests.${name}.wanted}";
in
if failed == [ ] then
  "${toString (length (attrNames tests))} passed, 0 failed"
else
  throw "${toString (length failed)} failed\n${concatStringsSep "\n" (map show failed)}"
