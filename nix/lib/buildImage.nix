{ pkgs }:

/**
  The image of one platform, a docker-archive: the executables and CA certificates
  as layers of their own, and a last layer with users, /tmp and the files that the
  description asks for.

  It is not compressed: every version of docker, podman and skopeo reads it, and
  registries and caches compress by themselves.

  # Type

  ```
  buildImage :: { description, target, executable, src, created ? ... } -> derivation
  ```
*/
{
  # Of ./description.nix.
  description,
  # A row of ../targets.nix.
  target,
  # Of ./buildExecutable.nix.
  executable,
  # The package's folder, which `files` are relative to.
  src,
  # RFC 3339.
  created ? "1970-01-01T00:00:00Z",
}:
let
  inherit (pkgs) lib;

  certificates = "/etc/ssl/certs/ca-certificates.crt";
  # What comes later wins, and names come sorted, as in the other lanes.
  env = {
    PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    SSL_CERT_FILE = certificates;
  }
  // description.env;
  objects = names: lib.genAttrs names (_: { });

  lineOf =
    row:
    let
      stored = builtins.path {
        inherit (row) path;
        name = "files";
      };
    in
    "${stored}\t${row.to}\n";
  files = lib.concatMapStrings lineOf (
    import ./files.nix {
      inherit src;
      inherit (description) files;
    }
  );

  config = lib.filterAttrs (_: value: value != [ ] && value != { }) {
    User = description.user;
    ExposedPorts = objects description.expose;
    Env = lib.mapAttrsToList (name: value: "${name}=${value}") env;
    Entrypoint = [ "/usr/local/bin/${description.entrypoint}" ];
    Cmd = description.args;
    Volumes = objects description.volumes;
    WorkingDir = description.workdir;
    Labels = description.labels;
    StopSignal = description.stop-signal;
  };

  image = pkgs.dockerTools.buildLayeredImage {
    inherit (description) name;
    inherit config created;
    inherit (target) architecture;
    tag = lib.head description.tags;
    compressor = "none";
    extraCommands = ''
      executable=${executable}
      bins=${lib.escapeShellArg (toString description.bins)}
      certificates=${pkgs.cacert}/etc/ssl/certs/ca-bundle.crt
      files=${lib.escapeShellArg files}
      source ${../extra-commands.sh}
    '';
  };
in
image.overrideAttrs (previous: {
  buildCommand = previous.buildCommand + "\nsource ${../check-size.sh}";
  maxSize = description.max-size;
  inherit (target) platform;
  passthru = previous.passthru or { } // {
    inherit (image) stream;
    inherit executable;
    inherit (executable) deps;
  };
})
