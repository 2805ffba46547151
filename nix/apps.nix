{
  lib,
  selectBuild,
  stdenv,
}:

/**
  Make `apps` of a flake from a project: `push`, and `default`, which runs the
  executable where the system can.

  # Type

  ```
  apps :: { description, builds, push, ... } -> { <name> = { type, program }; }
  ```
*/
# Result of `buildProject`.
{
  description,
  builds,
  push,
  ...
}:
let
  inherit (stdenv) hostPlatform;

  build = selectBuild builds;
  runsHere = hostPlatform.isLinux && build.target.cpu == hostPlatform.parsed.cpu.name;
in
{
  push = {
    type = "app";
    program = lib.getExe push;
  };
}
// lib.optionalAttrs runsHere {
  default = {
    type = "app";
    program = "${build.executable}/bin/${description.entrypoint}";
  };
}
