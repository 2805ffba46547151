{
  makeLabels,
  readMetadata,
  selectBinaries,
  selectPlatforms,
  valueParsers,
}:

/**
  Describe an image: the keys of `[package.metadata.muslin]` with every default filled
  in. The Rust program does the same in `src/package/`; both are tested on
  `tests/fixtures/descriptions`.

  # Type

  ```
  describeImage :: {
    cargoPackage, platforms ? null, features ? [ ], labels ? { },
    version ? null, revision ? null, owner ? null,
    table ? { }, place ? …, fallbackName ? null
  } -> attrs
  ```
*/
{
  # Result of `readCargoPackage`.
  cargoPackage,
  # In place of the ones in Cargo.toml.
  platforms ? null,
  # In addition to the ones in Cargo.toml.
  features ? [ ],
  # In addition to the ones in Cargo.toml.
  labels ? { },
  # For labels and annotations, in place of the package's.
  version ? null,
  # For labels and annotations.
  revision ? null,
  # Replaces OWNER in `image`, labels and annotations.
  owner ? null,
  # As in `readMetadata`.
  table ? { },
  place ? "the arguments",
  # Name of the image if no key gives one, in place of the package's.
  fallbackName ? null,
}:
let
  inherit (builtins)
    attrNames
    elem
    elemAt
    genList
    isString
    listToAttrs
    map
    mapAttrs
    match
    removeAttrs
    replaceStrings
    stringLength
    substring
    typeOf
    ;

  metadata = readMetadata { inherit cargoPackage table place; };
  inherit (metadata) locate;
  # The entrypoint in Cargo.toml is one of the binaries in Cargo.toml.
  isElsewhere =
    table ? bins
    && !(table ? entrypoint)
    && metadata.values ? entrypoint
    && !(elem metadata.values.entrypoint table.bins);
  values = if isElsewhere then removeAttrs metadata.values [ "entrypoint" ] else metadata.values;
  parse = key: valueParsers "muslin: ${locate key}";

  # Sorted, without duplicates.
  toSet =
    list:
    attrNames (
      listToAttrs (
        map (name: {
          inherit name;
          value = null;
        }) list
      )
    );
  characters = text: genList (index: substring index 1 text) (stringLength text);
  toLower = replaceStrings (characters "ABCDEFGHIJKLMNOPQRSTUVWXYZ") (
    characters "abcdefghijklmnopqrstuvwxyz"
  );
  replaceOwnerBy =
    name: text: if name == null then text else replaceStrings [ "OWNER" ] [ name ] text;

  # Names of repositories are lower case.
  imageOwner = if owner == null then null else toLower owner;
  image =
    if values ? image then (parse "image").imageName (replaceOwnerBy imageOwner values.image) else null;
  lastComponent = name: elemAt (match "(.*/)?([^/]*)" name) 1;
  name = (parse "image").imageName (
    toLower (
      if image != null then
        lastComponent image
      else if fallbackName != null then
        fallbackName
      else
        cargoPackage.name
    )
  );

  metadataLabels = makeLabels {
    inherit
      cargoPackage
      locate
      version
      revision
      ;
    metadata = values;
    replaceOwner = replaceOwnerBy owner;
  };
  checkLabel =
    name: value:
    if isString value then
      value
    else
      throw "muslin: the label `${name}` in `labels` of `mkFlake` must be a string, and is of type ${typeOf value}; write `\"${name}\" = \"…\";`";
in
{
  inherit name image;
  inherit
    (selectBinaries {
      inherit cargoPackage;
      metadata = values;
    })
    bins
    entrypoint
    ;
  inherit (metadataLabels) annotations;
  labels = metadataLabels.labels // mapAttrs checkLabel labels;
  args = values.args or [ ];
  env = listToAttrs (
    map (name: {
      name = (parse "env").envName name;
      value = values.env.${name};
    }) (attrNames values.env)
  );
  expose = toSet (map (parse "expose").port (values.expose or [ ]));
  features = toSet (values.features or [ ] ++ features);
  files = map (file: {
    from = (parse "files").relativePath file.from;
    to = (parse "files").absolutePath file.to;
  }) (values.files or [ ]);
  max-size = (parse "max-size").size (values.max-size or 100000000);
  platforms = selectPlatforms (
    if platforms == null || table ? platforms then
      {
        location = locate "platforms";
        platforms = values.platforms or null;
      }
    else
      {
        location = "`platforms` of `mkFlake`";
        inherit platforms;
      }
  );
  profile = values.profile or "release";
  stop-signal = (parse "stop-signal").signal (values.stop-signal or "SIGTERM");
  tags =
    if values.tags or null == [ ] then
      throw "muslin: ${locate "tags"} is empty; an image needs at least one tag"
    else
      map (parse "tags").tag (values.tags or [ "latest" ]);
  user = (parse "user").user (values.user or "65532:65532");
  volumes = toSet (map (parse "volumes").absolutePath (values.volumes or [ ]));
  workdir = (parse "workdir").absolutePath (values.workdir or "/");
}
