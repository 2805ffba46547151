{
  lib,
  fenix,
  fetchManifest,
  mkToolchains,
  parseChannel,
  pkgs,
}:

/**
  Select the Rust toolchains: those of the argument `toolchain`, else of the project's
  rust-toolchain.toml, else the latest stable release that fenix has.

  # Type

  ```
  selectToolchains :: { toolchain, toolchainHash, file } -> { build, shell :: derivation }
  ```
*/
{
  # As in mkImages: null, a channel, or a function pkgs: fenix: derivation.
  toolchain,
  toolchainHash,
  # Result of `readToolchainFile`.
  file,
}:
let
  own = toolchain pkgs fenix;

  isFromFile = toolchain == null && file != null;
  name =
    if toolchain != null then
      toolchain
    else if file != null then
      file.channel
    else
      "stable";
  asker = if isFromFile then "`${file.file}`" else "`toolchain`";
  parsed = parseChannel name;

  manifest = fetchManifest {
    url = parsed.manifest;
    hash = toolchainHash;
  };
  select =
    if parsed == null then
      throw "muslin: ${asker} asks for `${name}`, which is not a channel such as `stable`, `1.89.0` or `nightly-2026-01-31`; pass the toolchain as `toolchain = pkgs: fenix: …;`"
    else if toolchainHash != null then
      set: set.fromManifestFile manifest
    else if parsed.isPinned then
      throw "muslin: ${asker} asks for Rust ${name}, whose manifest needs a hash: add `toolchainHash = \"${lib.fakeHash}\";` to the arguments, and Nix says the right one; or `toolchain = \"stable\";`, to build with the stable Rust that muslin's flake.lock pins"
    else
      set: set.${if parsed.channel == "nightly" then "latest" else parsed.channel};
in
if lib.isFunction toolchain then
  {
    build = own;
    shell = own;
  }
else
  mkToolchains {
    inherit select;
    components = if isFromFile then file.components else [ ];
  }
