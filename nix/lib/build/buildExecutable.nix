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
  buildExecutable :: { name, version, target, src, code, bins, cargoArtifacts, ... } -> derivation
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
  # Files of the workspace that `src` does not have, or null: what `cargoArtifacts` was
  # compiled without.
  code,
  # Names of the binaries.
  bins,
  # The binary that `nix run` starts.
  mainProgram,
  # The dependencies, from `buildLayer`.
  cargoArtifacts,
  # What the result has in `passthru`, from `buildLayer`.
  deps,
  pathDeps,
  # Whether executables keep symbols, from `readStripSettings`.
  keepsSymbols,
  # Result of `mkCommonArgs`.
  commonArgs,
}:
craneLib.buildPackage (
  commonArgs
  // {
    inherit src version cargoArtifacts;
    pname = name;
    # Files in the store are of 1970, and so is what was compiled of `src`. Copied now, these
    # are newer than the stubs that were compiled in their place, as cargo compares it.
    postUnpack = ''
      ${commonArgs.postUnpack or ""}
      ${lib.optionalString (
        code != null
      ) ''cp --recursive --no-preserve=mode "$muslinCode/." "$sourceRoot"''}
    '';
    muslinCode = code;
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
      inherit deps pathDeps;
    };
  }
)
