{ buildDeps }:

/**
  Build the path dependencies of packages, so that an edit of a package's own code compiles
  that package alone. The packages are stubs here, as crane's dummy source has them.

  # Type

  ```
  buildPathDeps :: { name, src, packageDirs, dummySrc, commonArgs, deps } -> derivation
  ```
*/
{
  # Name of the derivation, without "-path-deps".
  name,
  # The workspace without the code of the packages, from `selectSources`.
  src,
  # Directories of the packages, relative to the workspace's.
  packageDirs,
  # Result of `mkDummySource`.
  dummySrc,
  # Result of `mkCommonArgs`.
  commonArgs,
  # Result of `buildDeps`.
  deps,
}:
buildDeps {
  inherit src;
  name = "${name}-path";
  cargoArtifacts = deps;
  commonArgs = commonArgs // {
    # Read by stub-packages.sh.
    muslinPackageDirs = map (directory: if directory == "" then "." else directory) packageDirs;
    muslinStubs = dummySrc;
    postUnpack = ''
      ${commonArgs.postUnpack or ""}
      source ${./stub-packages.sh}
    '';
    preBuild = ''
      ${commonArgs.preBuild or ""}
      source ${./name-missing-files.sh}
    '';
  };
}
