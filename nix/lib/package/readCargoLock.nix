{ }:

/**
  Read the text of a workspace's Cargo.lock.

  # Type

  ```
  readCargoLock :: path -> string
  ```
*/
src:
if builtins.pathExists (src + "/Cargo.lock") then
  builtins.readFile (src + "/Cargo.lock")
else
  throw "muslin: no `Cargo.lock` next to the workspace's `Cargo.toml`; run `cargo generate-lockfile` and `git add Cargo.lock`: a flake sees only files that git tracks"
