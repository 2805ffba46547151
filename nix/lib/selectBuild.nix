{ lib, stdenv }:

/**
  Select the build for the CPU of the system that builds, or the first one if there is
  none.

  # Type

  ```
  selectBuild :: { <arch> = build; } -> build
  ```
*/
builds:
let
  isForHost = build: build.target.cpu == stdenv.hostPlatform.parsed.cpu.name;
in
lib.findFirst isForHost (lib.head (lib.attrValues builds)) (lib.attrValues builds)
