/**
  The pure functions of nix/lib on values: nothing here needs a flake input.
  `nix-instantiate --eval --strict --json tests/nix` gives the counts, and throws
  what failed.
*/
let
  inherit (builtins)
    attrNames
    concatStringsSep
    filter
    length
    lessThan
    sort
    toJSON
    tryEval
    ;

  values = import ../../nix/lib/values.nix { where = "test"; };
  toTOML = import ../../nix/lib/toTOML.nix;
  maskVersion = import ../../nix/lib/maskVersion.nix;
  rustflags = import ../../nix/lib/rustflags.nix;
  saysStrip = import ../../nix/lib/saysStrip.nix;
  keepsSymbols = import ../../nix/lib/keepsSymbols.nix;
  requireNix = import ../../nix/lib/requireNix.nix;
  manifest = import ../../nix/lib/manifest.nix;
  targets = import ../../nix/targets.nix;

  refuses = value: !(tryEval (builtins.deepSeq value true)).success;
  all = function: inputs: builtins.all (input: refuses (function input)) inputs;
  is = found: wanted: {
    inherit found wanted;
    ok = found == wanted;
  };
  holds = ok: is ok true;

  lock = ''
    version = 4

    [[package]]
    name = "itoa"
    version = "1.0.0"
    source = "registry+https://example.org"

    [[package]]
    name = "sample"
    version = "1.2.3"
    dependencies = [
     "itoa",
    ]
  '';
  sample = {
    package = {
      name = "sample";
      version = "1.2.3";
    };
  };
  mask =
    dependency:
    maskVersion {
      inherit lock;
      manifests = [ (sample // { dependencies.other = dependency; }) ];
    };

  fixtures = ./fixtures/manifests;

  tests = {
    "sizes are decimal or binary as they say" =
      is
        (map values.size [
          "100MB"
          "64MiB"
          "1.5 GB"
          "123"
          7
        ])
        [
          100000000
          67108864
          1500000000
          123
          7
        ];
    "other sizes are refused" = holds (
      all values.size [
        ""
        "MB"
        "-1MB"
        "0"
        0
        "1XB"
        "1e9"
        "9999999999GB"
      ]
    );
    "users are numbers and get a group" =
      is
        (map values.user [
          "1000"
          "1000:0"
          "0065532:65532"
        ])
        [
          "1000:1000"
          "1000:0"
          "65532:65532"
        ];
    "other users are refused" = holds (
      all values.user [
        "root"
        "1:"
        ":1"
        "-1"
        "4294967296"
        "1:2:3"
      ]
    );
    "ports get a protocol" =
      is
        (map values.port [
          8080
          "53/udp"
        ])
        [
          "8080/tcp"
          "53/udp"
        ];
    "other ports are refused" = holds (
      all values.port [
        0
        "65536"
        "http"
        "80/http"
      ]
    );
    "paths in the image are absolute and normal" =
      is
        (map values.absolutePath [
          "/usr/share/"
          "/"
        ])
        [
          "/usr/share"
          "/"
        ];
    "other paths are refused" = holds (
      all values.absolutePath [
        ""
        "usr"
        "/a/../b"
        "//a"
        "/./a"
        "//"
      ]
    );
    "image names are those of the distribution specification" =
      is
        (map values.image [
          "muslin"
          "ghcr.io/OWNER/muslin"
          "localhost:5000/a/b__c"
          "a--b/c.d_e"
        ])
        [
          "muslin"
          "ghcr.io/OWNER/muslin"
          "localhost:5000/a/b__c"
          "a--b/c.d_e"
        ];
    "other image names are refused" = holds (
      all values.image [
        ""
        "Muslin"
        "a:1"
        "a@b"
        "a//b"
        "-a"
        "a..b"
        "a___b"
        "x.io:port/a"
      ]
    );
    "tags are those of the distribution specification" = is (values.tag "v1.2-x_Y") "v1.2-x_Y";
    "other tags are refused" = holds (
      all values.tag [
        ""
        "-a"
        ".a"
        "a b"
        "a/b"
      ]
    );
    "signals have a name or a number" =
      is
        (map values.signal [
          "SIGTERM"
          "SIGRTMIN+3"
          "9"
        ])
        [
          "SIGTERM"
          "SIGRTMIN+3"
          "9"
        ];
    "other signals are refused" = holds (
      all values.signal [
        ""
        "TERM"
        "SIG"
        "0"
        "65"
      ]
    );

    "what is written as TOML reads as what it was" =
      let
        value = {
          package = {
            name = "a\"b\\c\n";
            edition = "2021";
          };
          bin = [
            { name = "x"; }
            { name = "y-z"; }
          ];
          target."cfg(unix)".dependencies.libc = {
            version = "0.2";
            default-features = false;
          };
          number = 3;
          empty = { };
        };
      in
      is (builtins.fromTOML (toTOML value)) value;

    "a mask takes the package's own version and no other" =
      is (builtins.fromTOML (mask "1").lock).package
        [
          {
            name = "itoa";
            version = "1.0.0";
            source = "registry+https://example.org";
          }
          {
            name = "sample";
            version = "0.0.0";
            dependencies = [ "itoa" ];
          }
        ];
    "a mask takes the version of the manifest" =
      is ((mask "1").manifest sample).package.version "0.0.0";
    "a mask leaves an inherited version to the workspace" =
      is
        ((mask "1").manifest {
          package.version.workspace = true;
          workspace.package.version = "1.2.3";
        })
        {
          package.version.workspace = true;
          workspace.package.version = "0.0.0";
        };
    "nothing is masked where a path dependency asks for a version" =
      let
        found = mask {
          path = "../other";
          version = "1.2";
        };
      in
      is [ found.masks found.lock (found.manifest sample) ] [ false lock sample ];
    "nothing is masked where a name is ambiguous" =
      is
        (maskVersion {
          lock =
            lock
            + "[[package]]\nname = \"sample\"\nversion = \"9.0.0\"\nsource = \"registry+https://example.org\"\n";
          manifests = [ sample ];
        }).masks
        false;

    "flags of the build table are repeated" = is (rustflags (fixtures + "/flags-of-build")) [
      "--cfg"
      "a"
    ];
    "flags of a target hide those of the build table" = is (rustflags (
      fixtures + "/flags-of-target"
    )) [ ];
    "flags of another system do not hide them" = is (rustflags (fixtures + "/flags-of-windows")) [
      "--cfg"
      "b"
    ];
    "no config has no flags" = is (rustflags (fixtures + "/binaries")) [ ];

    "a profile that is silent says nothing of stripping" = holds (!(saysStrip { } "release"));
    "a profile may inherit what it says" = holds (
      saysStrip {
        profile.dist.inherits = "release";
        profile.release.strip = false;
      } "dist"
    );
    "symbols are kept where a profile says so, and only there" =
      is
        (map (profile: keepsSymbols { profile.release = profile; } "release") [
          { }
          { strip = true; }
          { strip = "symbols"; }
          { strip = "debuginfo"; }
          { strip = false; }
          { debug = 1; }
          {
            debug = 1;
            strip = "symbols";
          }
        ])
        [
          false
          false
          false
          true
          true
          true
          false
        ];
    "what is stripped may be inherited" = holds (
      !(keepsSymbols {
        profile.dist = {
          inherits = "release";
          debug = 1;
        };
        profile.release.strip = true;
      } "dist")
    );
    "debug information is wanted, so it is kept" = holds (
      saysStrip { profile.release.debug = 1; } "release"
    );

    "an old Nix is refused" = holds (refuses (requireNix { current = "2.7.0"; } 1));
    "a new Nix is not" = is (requireNix { current = "2.31.2"; } 1) 1;

    "binaries are found as cargo finds them" = is (manifest { src = fixtures + "/binaries"; }).bins [
      "declared"
      "found"
      "in-folder"
    ];
    "what is inherited is filled in" =
      let
        found = manifest {
          src = fixtures + "/workspace";
          package = "crates/cli";
        };
      in
      is
        [ found.version found.fields.license found.members found.bins ]
        [
          "2.0.0"
          "MIT"
          [
            "crates/cli"
            "crates/core"
          ]
          [ "cli" ]
        ];
    "what members depend on by its path is a member" =
      is
        (sort lessThan
          (manifest {
            src = fixtures + "/paths";
            package = "cli";
          }).members
        )
        [
          "cli"
          "libs/core"
          "libs/core/inner"
          "libs/shared"
        ];
    "every target has a platform of its own" =
      is (map (arch: targets.${arch}.platform) (attrNames targets))
        [
          "linux/amd64"
          "linux/arm64"
        ];
  }
  // (import ./descriptions.nix { inherit is refuses; });

  failed = filter (name: !tests.${name}.ok) (attrNames tests);
  show = name: "${name}: found ${toJSON tests.${name}.found}, wanted ${toJSON tests.${name}.wanted}";
in
if failed == [ ] then
  "${toString (length (attrNames tests))} passed, 0 failed"
else
  throw "${toString (length failed)} failed\n${concatStringsSep "\n" (map show failed)}"
