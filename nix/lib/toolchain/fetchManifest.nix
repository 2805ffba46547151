{ }:

/**
  Fetch the manifest of a Rust release while evaluating: nothing is built for it.

  # Type

  ```
  fetchManifest :: { url, hash :: string } -> path
  ```
*/
{ url, hash }:
builtins.fetchurl {
  inherit url;
  sha256 = hash;
}
