{ craneLib }:

/**
  The executables of a package for one platform: static, and without a reference to
  anything in the store.

  # Type

  ```
  buildExecutable :: { name, version, source, bins, deps, commonArgs, ... } -> derivation
  ```
*/
{
  # Of the derivation.
  name,
  version,
  # Of ./source.nix.
  source,
  # The names of the binaries.
  bins,
  # The one that `nix run` starts.
  mainProgram,
  # Of ./buildDeps.nix.
  deps,
  # Of ./commonArgs.nix.
  commonArgs,
}:
craneLib.buildPackage (
  commonArgs
  // {
    inherit version;
    pname = name;
    src = source;
    cargoArtifacts = deps;
    cargoBuildExtraArgs = toString (map (bin: "--bin ${bin}") bins);

    # What a linker made is not written over: the bytes are those of every lane.
    dontStrip = true;
    dontPatchELF = true;
    doNotRemoveReferencesToRustToolchain = true;
    doNotRemoveReferencesToVendorDir = true;
    allowedReferences = [ ];

    meta = {
      inherit mainProgram;
    };
    passthru = {
      inherit deps;
    };
  }
)
