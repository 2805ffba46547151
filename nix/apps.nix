{
  lib,
  quoteNames,
  selectBuild,
  stdenv,
  writeShellScript,
}:

/**
  Make `apps` of a flake from a project: `push`, and `default`, which runs the
  executable where the system can, and elsewhere says how else to run it. With several
  images there are also `push-<image>` and `<image>`, which do it for one of them.

  # Type

  ```
  apps :: { images, push, ... } -> { <name> = { type, program }; }
  ```
*/
# Result of `buildProject`.
{ images, push, ... }:
let
  inherit (stdenv) hostPlatform;

  isSingle = lib.length (lib.attrNames images) == 1;
  toApp = program: {
    type = "app";
    inherit program;
  };
  # A program that says something and fails.
  refuse =
    message:
    toApp "${writeShellScript "refuse" ''
      printf 'muslin: %s\n' ${lib.escapeShellArg message} >&2
      exit 1
    ''}";

  run =
    {
      prefix,
      description,
      builds,
      ...
    }:
    let
      build = selectBuild builds;
      image = "${prefix}image-${build.target.architecture}";
    in
    if hostPlatform.isLinux && build.target.cpu == hostPlatform.parsed.cpu.name then
      toApp "${build.executable}/bin/${description.entrypoint}"
    else
      refuse "`${description.entrypoint}` is built for ${build.target.platform}, and this machine is ${hostPlatform.system}; run it in a container: `nix build .#${image}`, then `docker load --input result` and `docker run --rm ${description.name}:${lib.head description.tags}`; or compile it for this machine: `cargo run`";
in
{
  push = toApp (lib.getExe push);
  default =
    if isSingle then
      run (lib.head (lib.attrValues images))
    else
      refuse "there are several images: ${quoteNames (lib.attrNames images)}; run one, such as `nix run .#${lib.head (lib.attrNames images)}`";
}
// lib.optionalAttrs (!images ? default) (
  lib.mapAttrs (_: run) images
  // lib.mapAttrs' (
    name: image: lib.nameValuePair "push-${name}" (toApp (lib.getExe image.push))
  ) images
)
