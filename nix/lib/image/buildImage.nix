{
  cacert,
  dockerTools,
  lib,
  resolveFiles,
}:

/**
  Build the image of one platform as a docker-archive, with dockerTools: executables
  and CA certificates are layers of their own, and the last layer has links to them,
  users, /tmp and the files that the description lists.

  The archive is not compressed, because older versions of skopeo and podman cannot
  read compressed ones. Registries and binary caches compress it themselves.

  # Type

  ```
  buildImage :: { description, target, executable, packagePath, created ? … } -> derivation
  ```

  The derivation has `passthru.stream`, `.executable` and `.deps`.
*/
{
  # Result of `describeImage`.
  description,
  # A target, as in ../targets.nix.
  target,
  # Result of `buildExecutable`.
  executable,
  # The package's directory, which `files` are relative to.
  packagePath,
  # The image's creation date, RFC 3339.
  created ? "1970-01-01T00:00:00Z",
}:
let
  # The description's variables override these.
  env = {
    PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    SSL_CERT_FILE = "/etc/ssl/certs/ca-certificates.crt";
  }
  // description.env;
  # OCI writes a set as an object with empty objects for values.
  toObject = names: lib.genAttrs names (_: { });

  toLine =
    { path, to }:
    let
      storePath = builtins.path {
        inherit path;
        name = "files";
      };
    in
    "${storePath}\t${to}\n";
  files = lib.concatMapStrings toLine (resolveFiles {
    inherit packagePath;
    inherit (description) files;
  });

  config = lib.filterAttrs (_: value: value != [ ] && value != { }) {
    User = description.user;
    ExposedPorts = toObject description.expose;
    Env = lib.mapAttrsToList (name: value: "${name}=${value}") env;
    Entrypoint = [ "/usr/local/bin/${description.entrypoint}" ];
    Cmd = description.args;
    Volumes = toObject description.volumes;
    WorkingDir = description.workdir;
    Labels = description.labels;
    StopSignal = description.stop-signal;
  };

  image = dockerTools.buildLayeredImage {
    inherit (description) name;
    inherit config created;
    inherit (target) architecture;
    tag = lib.head description.tags;
    compressor = "none";
    extraCommands = ''
      executable=${executable}
      bins=${lib.escapeShellArg (toString description.bins)}
      certificates=${cacert}/etc/ssl/certs/ca-bundle.crt
      files=${lib.escapeShellArg files}
      source ${./extra-commands.sh}
    '';
  };
in
image.overrideAttrs (previous: {
  buildCommand = previous.buildCommand + "\nsource ${./check-size.sh}";
  maxSize = description.max-size;
  inherit (target) platform;
  passthru = previous.passthru or { } // {
    inherit (image) stream;
    inherit executable;
    inherit (executable) deps;
  };
})
