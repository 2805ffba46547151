/**
  The platforms that muslin builds for, by the name that outputs use for them.

  - `platform`: the OCI platform, `os/architecture`.
  - `architecture`: the OCI architecture.
  - `triple`: the Rust target triple.
  - `cpu`: the CPU in the Nix system that runs the target natively.

  # Type

  ```
  targets :: { <arch> = { platform, architecture, triple, cpu :: string }; }
  ```
*/
{
  amd64 = {
    platform = "linux/amd64";
    architecture = "amd64";
    triple = "x86_64-unknown-linux-musl";
    cpu = "x86_64";
  };
  arm64 = {
    platform = "linux/arm64";
    architecture = "arm64";
    triple = "aarch64-unknown-linux-musl";
    cpu = "aarch64";
  };
}
