{ mkImages }:

/**
  An overlay of nixpkgs: `pkgs.muslin.mkImages { src = ./.; }` builds with that nixpkgs.

  # Type

  ```
  overlay :: final -> prev -> { muslin :: { mkImages }; }
  ```
*/
final: _prev: {
  muslin = {
    mkImages = mkImages final;
  };
}
