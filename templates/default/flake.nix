{
  inputs.muslin.url = "github:OWNER/muslin";
  outputs =
    { self, muslin }:
    muslin.lib.mkFlake {
      inherit self;
      src = ./.;
    };
}
