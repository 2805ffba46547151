{
  description = "Three images of one workspace, with one layer of dependencies";

  inputs.muslin.url = "github:OWNER/muslin";

  outputs =
    { self, muslin }:
    muslin.lib.mkFlake {
      inherit self;
      src = ./.;
      images = {
        server.package = "crates/server";
        worker.package = "crates/worker";
        # Another binary of the server's package.
        migrate = {
          package = "crates/server";
          bins = [ "migrate" ];
        };
      };
      checks = [
        "clippy"
        "fmt"
        "test"
      ];
    };
}
