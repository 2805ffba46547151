/**
  Tests of parsing and printing values.

  # Type

  ```
  values :: { is, refuses, holds, scope } -> { <test> = { found, wanted, ok }; }
  ```
*/
{
  # Functions of ./default.nix.
  is,
  refuses,
  holds,
  # ./scope.nix
  scope,
}:
let
  inherit (scope) quoteNames toTOML;
  parsers = scope.valueParsers "test";
  all = function: inputs: builtins.all (input: refuses (function input)) inputs;
in
{
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
  "names in messages are quoted" = is (quoteNames [
    "a"
    "b-c"
  ]) "`a`, `b-c`";
}
