/**
  Tests of the functions that several images of one workspace need.

  # Type

  ```
  severalImages :: { is, refuses, scope } -> { <test> = { found, wanted, ok }; }
  ```
*/
{
  # Functions of ./default.nix: tests for equality, and whether a value throws.
  is,
  refuses,
  # ./scope.nix
  scope,
}:
let
  inherit (scope)
    describeImage
    planLayers
    readCargoPackage
    refuseSameImages
    selectImages
    ;
  inherit (builtins)
    attrNames
    attrValues
    length
    map
    mapAttrs
    ;

  select =
    arguments:
    selectImages (
      {
        images = null;
        package = null;
        bins = null;
      }
      // arguments
    );
  images =
    arguments:
    mapAttrs
      (
        _: image:
        let
          cargoPackage = readCargoPackage {
            src = ./fixtures/several;
            inherit (image) package;
          };
        in
        {
          inherit cargoPackage;
          description = describeImage {
            inherit cargoPackage;
            inherit (image) table place fallbackName;
          };
        }
      )
      (select {
        images = arguments;
      });
  plan = arguments: planLayers (images arguments);
  describe = image: (images { inherit image; }).image.description;

  server.package = "crates/server";
  worker.package = "crates/worker";
  loud = image: image // { features = [ "loud" ]; };
in
{
  "without `images` there is one, of the arguments" =
    is
      (select {
        package = "crates/server";
        bins = [ "migrate" ];
      })
      {
        default = {
          package = "crates/server";
          table.bins = [ "migrate" ];
          place = "the arguments";
          fallbackName = null;
          prefix = "";
        };
      };
  "an image of `images` has its own package, or that of the arguments" =
    is
      (mapAttrs (_: image: image.package) (select {
        package = "crates/server";
        images = {
          inherit worker;
          migrate.bins = [ "migrate" ];
        };
      }))
      {
        worker = "crates/worker";
        migrate = "crates/server";
      };
  "images with names of other outputs, or with none, are refused" =
    is
      (map
        (
          images:
          refuses (select {
            inherit images;
          })
        )
        [
          { default = server; }
          { push = server; }
          { push-server = server; }
          { Server = server; }
          { "a b" = server; }
          { server = "crates/server"; }
          { }
        ]
      )
      [
        true
        true
        true
        true
        true
        true
        true
      ];
  "`bins` beside `images` is refused" = is (refuses (select {
    images = { inherit server; };
    bins = [ "migrate" ];
  })) true;

  "keys of an image go before those of Cargo.toml" =
    is
      (
        let
          found = describe (
            server
            // {
              bins = [ "migrate" ];
              image = "registry.example/team/migrate";
              env.RUST_LOG = "info";
            }
          );
        in
        [
          found.bins
          found.entrypoint
          found.name
          found.image
          found.env
          found.tags
        ]
      )
      [
        [ "migrate" ]
        "migrate"
        "migrate"
        "registry.example/team/migrate"
        { RUST_LOG = "info"; }
        [
          "1.2.3"
          "latest"
        ]
      ];
  "keys of an image are checked as those of Cargo.toml" =
    is
      (map (key: refuses (describe (server // key))) [
        { tagz = [ ]; }
        { tags = "latest"; }
        { user = "nobody"; }
        { base = "scratch"; }
      ])
      [
        true
        true
        true
        true
      ];
  "images that would be the same reference are refused" =
    let
      check = images: refuses (refuseSameImages (mapAttrs (_: image: image.description) images) true);
    in
    is
      [
        (check (images {
          inherit server worker;
        }))
        (check (images {
          inherit server;
          other = server;
        }))
        (check (images {
          inherit server;
          other = server // {
            tags = [ "other" ];
          };
        }))
      ]
      [
        false
        true
        false
      ];

  "images with the same features share a layer, with the features of all packages" =
    is
      (attrValues
        (plan {
          server = loud server;
          worker = loud worker;
          migrate = loud server // {
            bins = [ "migrate" ];
          };
        }).layers
      )
      [
        {
          packages = [
            "server"
            "worker"
          ];
          features = [
            "server/loud"
            "worker/loud"
          ];
          platforms = [
            "linux/amd64"
            "linux/arm64"
          ];
          profile = "release";
        }
      ];
  "images with other features or another profile have layers of their own" =
    is
      (map (worker: length (attrNames (plan { inherit server worker; }).layers)) [
        worker
        (loud worker)
        (worker // { profile = "dev"; })
      ])
      [
        1
        2
        2
      ];
  "an image whose binary is in another's package, too, has a layer of its own" =
    let
      package = name: bins: {
        cargoPackage = {
          packageDir = name;
          inherit name bins;
        };
        description = {
          profile = "release";
          features = [ ];
          bins = [ "migrate" ];
        };
      };
      layers = planLayers {
        a = package "a" [ "migrate" ];
        b = package "b" [
          "b"
          "migrate"
        ];
      };
    in
    is (length (attrNames layers.layers)) 2;
}
