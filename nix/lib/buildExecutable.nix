{ craneLib, lib }:

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
  # Of ./keepsSymbols.nix.
  keepsSymbols,
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
    # But where debug information is kept, which names each source in the store.
    doNotRemoveReferencesToRustToolchain = !keepsSymbols;
    doNotRemoveReferencesToVendorDir = !keepsSymbols;
    postInstall = lib.optionalString keepsSymbols "source ${../forget-sources.sh}";
    allowedReferences = [ ];

    meta = {
      inherit mainProgram;
    };
    passthru = {
      inherit deps;
    };
  }
)
