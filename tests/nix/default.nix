/**
  Tests of the functions in nix/lib that need no flake input, on values and fixtures.
  `nix-instantiate --eval --strict --json tests/nix` gives the number of tests that passed, or throws
  with what failed.
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

  scope = import ./scope.nix;
  inherit (scope)
    findIncludedFiles
    maskVersions
    quoteNames
    readCargoPackage
    readRustflags
    readStripSettings
    targets
    toTOML
    ;
  parsers = scope.valueParsers "test";
  requireNixVersion = import ../../nix/requireNixVersion.nix { };

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
    manifests:
    maskVersions {
      cargoLock = lock;
      manifests = {
        "" = sample;
      }
      // manifests;
    };

  strip =
    profiles: profile:
    readStripSettings {
      workspaceManifest.profile = profiles;
      inherit profile;
    };

  fixtures = ./fixtures/manifests;

  tests = {
    "sizes have decimal or binary units" =
      is
        (map parsers.size [
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
      all parsers.size [
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
    "users are numeric and get a group" =
      is
        (map parsers.user [
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
      all parsers.user [
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
        (map parsers.port [
          8080
          "53/udp"
        ])
        [
          "8080/tcp"
          "53/udp"
        ];
    "other ports are refused" = holds (
      all parsers.port [
        0
        "65536"
        "http"
        "80/http"
      ]
    );
    "paths in the image are absolute and normal" =
      is
        (map parsers.absolutePath [
          "/usr/share/"
          "/"
        ])
        [
          "/usr/share"
          "/"
        ];
    "other paths are refused" = holds (
      all parsers.absolutePath [
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
        (map parsers.imageName [
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
      all parsers.imageName [
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
    "tags are those of the distribution specification" = is (parsers.tag "v1.2-x_Y") "v1.2-x_Y";
    "other tags are refused" = holds (
      all parsers.tag [
        ""
        "-a"
        ".a"
        "a b"
        "a/b"
      ]
    );
    "signals have a name or a number" =
      is
        (map parsers.signal [
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
      all parsers.signal [
        ""
        "TERM"
        "SIG"
        "0"
        "65"
      ]
    );

    "toTOML and fromTOML are inverse" =
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

    "the package's own version is masked in the lock file, and no other" =
      is (builtins.fromTOML (mask { }).cargoLock).package
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
    "the package's version is masked in its manifest" =
      is ((mask { }).maskManifest sample).package.version
        "0.0.0";
    "an inherited version is written out as the placeholder" =
      is
        ((mask { }).maskManifest {
          package.name = "sample";
          package.version.workspace = true;
          workspace.package.version = "1.2.3";
        })
        {
          package.name = "sample";
          package.version = "0.0.0";
          workspace.package.version = "0.0.0";
        };
    "path dependencies on masked packages lose their version requirements, and no others" =
      let
        other = {
          path = "../other";
          version = "1.2";
        };
        inner = {
          package = "sample";
          path = "..";
          version = "=1.2.3";
          features = [ "a" ];
        };
        manifest = {
          package.name = "member";
          dependencies = { inherit inner other; };
          target."cfg(unix)".build-dependencies.sample = inner;
          workspace.dependencies.sample = inner;
        };
        masked = removeAttrs inner [ "version" ];
      in
      is ((mask { }).maskManifest manifest) {
        package.name = "member";
        dependencies = {
          inherit other;
          inner = masked;
        };
        target."cfg(unix)".build-dependencies.sample = masked;
        workspace.dependencies.sample = masked;
      };
    "packages that a patch or a replacement leads to keep their versions" =
      let
        patching =
          tables:
          (mask {
            "" = {
              workspace.package.version = "1.2.3";
            }
            // tables;
            sample = sample // {
              package = sample.package // {
                version.workspace = true;
              };
            };
          });
        found = patching {
          patch.crates-io.renamed = {
            package = "sample";
            path = "sample";
          };
        };
      in
      is
        [
          found.masked
          found.cargoLock
          (found.maskManifest {
            package = sample.package // {
              version.workspace = true;
            };
          }).package.version
          (patching { replace."sample:1.2.3".path = "sample"; }).masked
          (patching { replace."https://example.org#sample".path = "sample"; }).masked
        ]
        [
          [ ]
          lock
          "1.2.3"
          [ ]
          [ ]
        ];
    "two packages of the same name keep their versions" =
      is
        (maskVersions {
          cargoLock =
            lock
            + "[[package]]\nname = \"sample\"\nversion = \"9.0.0\"\nsource = \"registry+https://example.org\"\n";
          manifests."" = sample;
        }).masked
        [ ];

    "build.rustflags are read" = is (readRustflags (fixtures + "/flags-of-build")) [
      "--cfg"
      "a"
    ];
    "rustflags of a musl target override build.rustflags" = is (readRustflags (
      fixtures + "/flags-of-target"
    )) [ ];
    "rustflags of another system do not" = is (readRustflags (fixtures + "/flags-of-windows")) [
      "--cfg"
      "b"
    ];
    "without a configuration there are no rustflags" = is (readRustflags (fixtures + "/binaries")) [ ];

    "a profile without strip and debug has no strip setting" = holds (!(strip { } "release").isSet);
    "a profile inherits its strip setting" = holds (
      (strip {
        dist.inherits = "release";
        release.strip = false;
      } "dist").isSet
    );
    "`debug` is the profile `dev`" = holds (strip { dev.strip = true; } "debug").isSet;
    "symbols are kept only where the profile keeps them" =
      is
        (map (profile: (strip { release = profile; } "release").keepsSymbols) [
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
    "an inherited strip setting applies to debug information" = holds (
      !(strip {
        dist = {
          inherits = "release";
          debug = 1;
        };
        release.strip = true;
      } "dist").keepsSymbols
    );
    "a profile with debug information is not stripped" =
      holds
        (strip { release.debug = 1; } "release").isSet;

    "an old Nix is refused" = holds (refuses (requireNixVersion { current = "2.7.0"; } 1));
    "a new Nix is accepted" = is (requireNixVersion { current = "2.31.2"; } 1) 1;

    "binaries are found as cargo finds them" =
      is (readCargoPackage { src = fixtures + "/binaries"; }).bins
        [
          "declared"
          "found"
          "in-folder"
        ];
    "inherited keys are filled in" =
      let
        found = readCargoPackage {
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
    "path dependencies of members are members" =
      is
        (sort lessThan
          (readCargoPackage {
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
    "members are normalised, globs work in every component, and patches lead to packages" =
      is
        (sort lessThan
          (readCargoPackage {
            src = fixtures + "/globs";
            package = "tools";
          }).members
        )
        [
          "crates/a/sub"
          "tools"
          "vendor/x"
        ];
    "members are excluded, spelled out and inherit from other workspaces as cargo has it" =
      let
        found = readCargoPackage {
          src = fixtures + "/members";
          package = "./a/in/";
        };
      in
      is
        [
          found.packageDir
          (sort lessThan found.members)
          (found.manifests ? other)
        ]
        [
          "a/in"
          [
            "a/in"
            "b/one"
            "deep/leaf"
            "deep/x/leaf"
            "other/helper"
            "other/lib"
          ]
          true
        ];
    "files that code and build scripts name are found" =
      is
        (sort lessThan (findIncludedFiles {
          src = fixtures + "/globs";
          inherit
            (readCargoPackage {
              src = fixtures + "/globs";
              package = "tools";
            })
            manifests
            ;
        }))
        [
          "LICENSE"
          "README.md"
          "data/bytes.bin"
          "data/schema.sql"
          "docs"
          "tests/shared.rs"
        ];
    "a literal is a path from the file, the package or the workspace, and never all of a package" =
      is
        (findIncludedFiles {
          src = ./fixtures/sources;
          inherit
            (readCargoPackage {
              src = ./fixtures/sources;
              package = "cli";
            })
            manifests
            ;
        })
        [
          ".schema/a.sql"
          "LICENSE"
          "README.md"
          "cli/NOTES.snap"
          "docs/page.md"
        ];
    "names in messages are quoted" = is (quoteNames [
      "a"
      "b-c"
    ]) "`a`, `b-c`";
    "the manifests of a workspace are found by directory" =
      is
        (attrNames
          (readCargoPackage {
            src = fixtures + "/workspace";
            package = "crates/cli";
          }).manifests
        )
        [
          ""
          "crates/cli"
          "crates/core"
        ];
    "every target has its own platform" =
      is (map (arch: targets.${arch}.platform) (attrNames targets))
        [
          "linux/amd64"
          "linux/arm64"
        ];
  }
  // (import ./descriptions.nix { inherit is refuses scope; })
  // (import ./several-images.nix { inherit is refuses scope; })
  // (import ./arguments.nix { inherit is refuses scope; })
  // (import ./reference.nix { inherit is; });

  failed = filter (name: !tests.${name}.ok) (attrNames tests);
  show = name: "${name}: found ${toJSON tests.${name}.found}, wanted ${toJSON tests.${name}.wanted}";
in
if failed == [ ] then
  "${toString (length (attrNames tests))} passed, 0 failed"
else
  throw "${toString (length failed)} failed\n${concatStringsSep "\n" (map show failed)}"
