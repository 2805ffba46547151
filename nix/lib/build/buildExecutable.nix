{
  craneLib,
  lib,
  tools,
  zigLinker,
}:

/**
  Build the executables of a package for one target with crane's `buildPackage`: static,
  without references to the store, and with the list of crates that cargo-auditable defines.

  # Type

  ```
  buildExecutable :: { name, version, target, src, bins, mainProgram, deps, ... } -> derivation
  ```
*/
{
  # Name of the derivation, without the version.
  name,
  version,
  # The target, as in ../targets.nix.
  target,
  # The workspace, from `selectSources`.
  src,
  # Names of the binaries.
  bins,
  # The binary that `nix run` starts.
  mainProgram,
  # Result of `buildDeps`.
  deps,
  # Whether executables keep symbols, from `readStripSettings`.
  keepsSymbols,
  # Result of `mkCommonArgs`.
  commonArgs,
}:
craneLib.buildPackage (
  commonArgs
  // {
    inherit src version;
    pname = name;
    cargoArtifacts = deps;
    preBuild = ''
      ${commonArgs.preBuild or ""}
      source ${./name-missing-files.sh}
    '';
    cargoBuildExtraArgs = toString (map (bin: "--bin ${bin}") bins);

    # Keep the bytes that the linker wrote: a build with cargo alone has the same.
    dontStrip = true;
    dontPatchELF = true;
    # Debug information names source files in the store; these references must go.
    doNotRemoveReferencesToRustToolchain = !keepsSymbols;
    doNotRemoveReferencesToVendorDir = !keepsSymbols;
    nativeBuildInputs = commonArgs.nativeBuildInputs ++ [ tools ];
    postInstall = ''
      ${lib.optionalString keepsSymbols "muslinZig=${zigLinker} source ${./forget-sources.sh}"}
      muslin-auditable --messages "$cargoBuildLog" --lock Cargo.lock --target ${target.triple} "$out"/bin/*
    '';
    allowedReferences = [ ];

    meta = {
      inherit mainProgram;
    };
    passthru = {
      inherit deps;
    };
  }
)
