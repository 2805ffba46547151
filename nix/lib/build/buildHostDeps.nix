{ buildDeps }:

/**
  Build what dependencies run on the machine that builds: procedural macros, build scripts
  and what these depend on. It is the same for all targets, so the layers of the targets
  begin with it. Cargo has no command for it: rustc-wrapper.sh compiles nothing for a
  target, and host-deps.sh removes what stands there.

  # Type

  ```
  buildHostDeps :: { name, src, commonArgs } -> derivation
  ```
*/
{
  # As in buildDeps.
  name,
  src,
  # Result of `mkCommonArgs` for all targets, without a linker.
  commonArgs,
}:
buildDeps {
  inherit src;
  name = "${name}-host";
  commonArgs = commonArgs // {
    muslinHostOnly = true;
    postBuild = ''
      ${commonArgs.postBuild or ""}
      source ${./host-deps.sh}
    '';
  };
}
