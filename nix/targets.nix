/**
  What muslin builds for: a row for each architecture, by its OCI name.

  - `platform`: as in `platforms` of the description.
  - `architecture`: OCI's (and Go's) name.
  - `triple`: Rust's target.
  - `cpu`: the first part of the Nix system that runs it natively.

  # Type

  ```
  targets :: { <arch> = { platform, architecture, triple, cpu }; }
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
