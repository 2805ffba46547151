/**
  The description of an image: `[package.metadata.muslin]` over
  `[workspace.metadata.muslin]`, with every default filled in. It is what
  `src/package/describe.rs` makes of the same manifests; both are tested on
  `tests/fixtures/descriptions`.

  # Type

  ```
  description :: {
    manifest,                      # of ./manifest.nix
    platforms ? null, features ? [ ], labels ? { },
    version ? null, revision ? null, owner ? null,
  } -> attrs
  ```
*/
{
  manifest,
  # In the place of the table's.
  platforms ? null,
  # Added to the table's.
  features ? [ ],
  # Added to the table's.
  labels ? { },
  # In the place of the package's, in labels and annotations.
  version ? null,
  revision ? null,
  # Takes the place of OWNER in `image`, labels and annotations.
  owner ? null,
}:
let
  inherit (builtins)
    attrNames
    attrValues
    concatStringsSep
    elem
    elemAt
    filter
    head
    isAttrs
    isInt
    isList
    isString
    length
    listToAttrs
    map
    mapAttrs
    match
    replaceStrings
    sort
    typeOf
    ;

  targets = import ../targets.nix;
  inherit (manifest) file fields bins;
  package = manifest.name;

  quote = names: concatStringsSep ", " (map (name: "`${name}`") names);
  unique =
    list:
    attrNames (
      listToAttrs (
        map (name: {
          inherit name;
          value = null;
        }) list
      )
    );
  # Without those that come a second time.
  distinct = builtins.foldl' (seen: name: if elem name seen then seen else seen ++ [ name ]) [ ];

  isText = isString;
  isTexts = value: isList value && builtins.all isString value;
  isMap = value: isAttrs value && builtins.all isString (attrValues value);
  isPorts = value: isList value && builtins.all (port: isString port || isInt port) value;
  isSize = value: isString value || isInt value;
  isFiles =
    value:
    isList value
    && builtins.all (
      row:
      isAttrs row
      &&
        attrNames row == [
          "from"
          "to"
        ]
      && builtins.all isString (attrValues row)
    ) value;

  keys = {
    image = [
      isText
      "text"
    ];
    tags = [
      isTexts
      "a list of texts"
    ];
    bins = [
      isTexts
      "a list of texts"
    ];
    entrypoint = [
      isText
      "text"
    ];
    args = [
      isTexts
      "a list of texts"
    ];
    platforms = [
      isTexts
      "a list of texts"
    ];
    profile = [
      isText
      "text"
    ];
    features = [
      isTexts
      "a list of texts"
    ];
    user = [
      isText
      "text"
    ];
    workdir = [
      isText
      "text"
    ];
    env = [
      isMap
      "a table of texts"
    ];
    expose = [
      isPorts
      "a list of ports"
    ];
    volumes = [
      isTexts
      "a list of texts"
    ];
    stop-signal = [
      isText
      "text"
    ];
    files = [
      isFiles
      "a list of `{ from = \"…\", to = \"…\" }`"
    ];
    max-size = [
      isSize
      "a size"
    ];
    labels = [
      isMap
      "a table of texts"
    ];
    annotations = [
      isMap
      "a table of texts"
    ];
  };

  checked =
    title: place: table:
    let
      check =
        key: value:
        if key == "base" then
          throw "muslin: `base` in `${place}`: images start from nothing, because a static program needs no base image and one would make the image larger and change without you; CA certificates, users and `/tmp` are there already, and `files` adds what else you need"
        else if !(keys ? ${key}) then
          throw "muslin: `${key}` in `${place}` is no key of `[${title}]`; its keys are ${quote (attrNames keys)}"
        else if !(head keys.${key} value) then
          throw "muslin: `${key}` in `[${title}]` of `${place}` cannot be read: it is ${typeOf value}, and should be ${elemAt keys.${key} 1}"
        else
          value;
    in
    if isAttrs table then
      mapAttrs check table
    else
      throw "muslin: `muslin` in `[${title}]` of `${place}` cannot be read: it should be a table";

  shared = checked "workspace.metadata.muslin" "Cargo.toml" (
    manifest.root.workspace.metadata.muslin or { }
  );
  own = checked "package.metadata.muslin" file (fields.metadata.muslin or { });
  # Key by key, so that a wrong one is found wherever it is.
  force = table: builtins.deepSeq table table;
  both = force shared // force own;
  table =
    both
    // listToAttrs (
      map
        (name: {
          inherit name;
          value = (shared.${name} or { }) // (own.${name} or { });
        })
        [
          "env"
          "labels"
          "annotations"
        ]
    );

  values =
    key:
    import ./values.nix { where = "muslin: `${key}` in `[package.metadata.muslin]` of `${file}`"; };

  withOwner = text: if owner == null then text else replaceStrings [ "OWNER" ] [ owner ] text;
  lower = text: replaceStrings upperCase lowerCase text;
  upperCase = filter isString (builtins.split "" "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
  lowerCase = filter isString (builtins.split "" "abcdefghijklmnopqrstuvwxyz");

  image =
    if table ? image then
      (values "image").image (
        if owner == null then table.image else replaceStrings [ "OWNER" ] [ (lower owner) ] table.image
      )
    else
      null;
  name = (values "image").image (
    lower (if image == null then package else elemAt (match "(.*/)?([^/]*)" image) 1)
  );

  asked = table.bins or [ ];
  unknownBins = filter (bin: !(elem bin bins)) asked;
  chosenBins =
    if bins == [ ] then
      throw "muslin: the package `${package}` has no binary; add a `src/main.rs` or a `[[bin]]`, or choose another package with `package = \"…\"`"
    else if unknownBins != [ ] then
      throw "muslin: the package `${package}` has no binary `${head unknownBins}`; it has ${quote bins}"
    else if asked != [ ] then
      distinct asked
    else if fields ? default-run then
      [ fields.default-run ]
    else if length bins == 1 then
      bins
    else
      throw "muslin: the package `${package}` has several binaries: ${quote bins}; choose with `bins = [\"NAME\"]` in `[package.metadata.muslin]` or `default-run = \"NAME\"` in `[package]`";

  guesses = filter (bin: elem bin chosenBins) [
    (fields.default-run or null)
    package
  ];
  entrypoint =
    if table ? entrypoint then
      if elem table.entrypoint chosenBins then
        table.entrypoint
      else
        throw "muslin: `entrypoint` is `${table.entrypoint}`, which is not in the image; it has ${quote chosenBins}"
    else if length chosenBins == 1 then
      head chosenBins
    else if guesses != [ ] then
      head guesses
    else
      throw "muslin: the image has several binaries: ${quote chosenBins}; say which one a container starts with `entrypoint = \"NAME\"` in `[package.metadata.muslin]`";

  allPlatforms = map (target: target.platform) (attrValues targets);
  chosenPlatforms = map (
    platform:
    if elem platform allPlatforms then
      platform
    else
      throw "muslin: `platforms` in `[package.metadata.muslin]` of `${file}`: `${platform}` is no platform that muslin builds for; it builds for ${quote allPlatforms}"
  ) (if platforms != null then platforms else table.platforms or allPlatforms);

  trimmed = text: elemAt (match "[[:space:]]*(.*[^[:space:]])?[[:space:]]*" text) 0;
  # What [package] says, as annotations that OCI defines.
  said = filter (pair: pair.value != null && trimmed pair.value != null) (
    map
      (pair: {
        name = "org.opencontainers.image.${head pair}";
        value = elemAt pair 1;
      })
      [
        [
          "title"
          package
        ]
        [
          "description"
          (fields.description or null)
        ]
        [
          "version"
          manifest.version
        ]
        [
          "licenses"
          (if fields ? license then replaceStrings [ "/" ] [ " OR " ] fields.license else null)
        ]
        [
          "authors"
          (concatStringsSep ", " (fields.authors or [ ]))
        ]
        [
          "source"
          (fields.repository or null)
        ]
        [
          "url"
          (fields.homepage or null)
        ]
        [
          "documentation"
          (fields.documentation or null)
        ]
      ]
  );
  base = listToAttrs (map (pair: pair // { value = trimmed pair.value; }) said);
  filled = value: value != null && value != "";
  # The flake's words, else the labels of the table, else those of [package].
  stamp =
    key: given:
    let
      full = "org.opencontainers.image.${key}";
      candidates = filter filled [
        given
        (table.labels.${full} or null)
        (base.${full} or null)
      ];
    in
    if candidates == [ ] then { } else { ${full} = head candidates; };
  joined =
    key:
    let
      empty = filter (name: trimmed name == null) (attrNames table.${key});
    in
    if empty != [ ] then
      throw "muslin: `${key}` in `[package.metadata.muslin]` of `${file}`: it has an empty key"
    else
      base
      // mapAttrs (_: withOwner) table.${key}
      // stamp "version" version
      // stamp "revision" revision;

  given =
    name: value:
    if isString value then
      value
    else
      throw "muslin: the label `${name}` in `labels` of `mkFlake` has no text for a value but ${typeOf value}; write `\"${name}\" = \"…\";`";

  tags = table.tags or [ "latest" ];
in
{
  inherit
    name
    image
    entrypoint
    ;
  tags =
    if tags == [ ] then
      throw "muslin: `tags` in `[package.metadata.muslin]` of `${file}`: an image needs at least one tag"
    else
      map (values "tags").tag tags;
  bins = chosenBins;
  args = table.args or [ ];
  platforms =
    if chosenPlatforms == [ ] then
      throw "muslin: `platforms` in `[package.metadata.muslin]` of `${file}`: an image needs at least one platform"
    else
      unique chosenPlatforms;
  profile = table.profile or "release";
  features = unique (table.features or [ ] ++ features);
  user = (values "user").user (table.user or "65532:65532");
  workdir = (values "workdir").absolutePath (table.workdir or "/");
  env = listToAttrs (
    map (name: {
      name = (values "env").envName name;
      value = table.env.${name};
    }) (attrNames table.env)
  );
  expose = unique (map (values "expose").port (table.expose or [ ]));
  volumes = unique (map (values "volumes").absolutePath (table.volumes or [ ]));
  stop-signal = (values "stop-signal").signal (table.stop-signal or "SIGTERM");
  files = map (row: {
    inherit (row) from;
    to = (values "files").absolutePath row.to;
  }) (table.files or [ ]);
  max-size = (values "max-size").size (table.max-size or 100000000);
  labels = joined "labels" // mapAttrs given labels;
  annotations = joined "annotations";
}
