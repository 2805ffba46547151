{ mkImages }:

/**
  An overlay of nixpkgs: `pkgs.muslin.mkImages { src = ./.; }` builds with that nixpkgs.

  # Type

  ```
  overlay :: final -> prev -> { muslin :: { mkImages }; }
  ```
*/
final: prev: {
  # Besides what another overlay has put there.
  muslin = prev.muslin or { } // {
    mkImages = mkImages final;
  };
}
