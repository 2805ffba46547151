{
  fetchPypi,
  lib,
  runCommand,
  stdenv,
  unzip,
}:

/**
  zig and cargo-zigbuild of the versions that the cargo lane links with, so that both lanes
  write the same bytes. Versions and hashes are in src/compile/linker/wheels.json.

  `mkFlake { overrides = final: prev: { zigLinker = final.pkgs.cargo-zigbuild; }; }` takes
  those of nixpkgs.

  # Type

  ```
  zigLinker :: derivation    # with bin/cargo-zigbuild and bin/zig
  ```
*/
let
  packages = lib.importJSON ../../../src/compile/linker/wheels.json;
  inherit (stdenv.hostPlatform) system;

  fetchWheel =
    name:
    let
      package = packages.${name};
      wheel =
        package.wheels.${system}
          or (throw "muslin: there is no wheel of ${name} for ${system}; set `zigLinker` in `overrides` to a derivation with `bin/zig` and `bin/cargo-zigbuild`");
    in
    fetchPypi {
      pname = lib.replaceStrings [ "-" ] [ "_" ] name;
      inherit (package) version;
      inherit (wheel) platform sha256;
      format = "wheel";
      dist = "py3";
      python = "py3";
    };
in
runCommand "zig-linker-${packages.ziglang.version}"
  {
    nativeBuildInputs = [ unzip ];
    zig = fetchWheel "ziglang";
    cargoZigbuild = fetchWheel "cargo-zigbuild";
    passthru = {
      zigVersion = packages.ziglang.version;
      cargoZigbuildVersion = packages.cargo-zigbuild.version;
    };
    meta = {
      mainProgram = "cargo-zigbuild";
      description = "cargo-zigbuild and the zig that it links with";
    };
  }
  ''
    mkdir --parents "$out/bin" "$out/libexec"
    unzip -q "$zig" 'ziglang/zig' 'ziglang/lib/*' -d "$out/libexec"
    unzip -q -j "$cargoZigbuild" '*.data/scripts/cargo-zigbuild' -d "$out/bin"
    chmod +x "$out/libexec/ziglang/zig" "$out/bin/cargo-zigbuild"
    ln --symbolic ../libexec/ziglang/zig "$out/bin/zig"
  ''
