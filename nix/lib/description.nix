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
    isString
    length
    listToAttrs
    map
    mapAttrs
    match
    replaceStrings
    split
    stringLength
    substring
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

  read = import ./table.nix { inherit manifest; };
  table = read.values;
  where = key: "muslin: ${read.where key}";
  values = key: import ./values.nix { where = where key; };

  withOwner = text: if owner == null then text else replaceStrings [ "OWNER" ] [ owner ] text;
  lower = text: replaceStrings upperCase lowerCase text;
  letters = text: builtins.genList (index: substring index 1 text) (stringLength text);
  upperCase = letters "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  lowerCase = letters "abcdefghijklmnopqrstuvwxyz";

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
    else if !(elem (fields.default-run or (head bins)) bins) then
      throw "muslin: `default-run` in `${file}` is `${fields.default-run}`, which is no binary of the package; it has ${quote bins}"
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

  platformsWhere =
    if platforms == null then where "platforms" else "muslin: `platforms` of `mkFlake`";
  allPlatforms = map (target: target.platform) (attrValues targets);
  chosenPlatforms = map (
    platform:
    if elem platform allPlatforms then
      platform
    else
      throw "${platformsWhere}: `${platform}` is no platform that muslin builds for; it builds for ${quote allPlatforms}"
  ) (if platforms != null then platforms else table.platforms or allPlatforms);

  trimmed = text: elemAt (match "[[:space:]]*(.*[^[:space:]])?[[:space:]]*" text) 0;
  # `MIT/Apache-2.0` is how it was once written.
  alternatives =
    license:
    map (
      part:
      let
        text = trimmed part;
      in
      if text == null then "" else text
    ) (filter isString (split "/" license));
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
          (if fields ? license then concatStringsSep " OR " (alternatives fields.license) else null)
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
      throw "${where key}: it has an empty key"
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
      throw "${where "tags"}: an image needs at least one tag"
    else
      map (values "tags").tag tags;
  bins = chosenBins;
  args = table.args or [ ];
  platforms =
    if chosenPlatforms == [ ] then
      throw "${platformsWhere}: an image needs at least one platform"
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
    from = (values "files").relativePath row.from;
    to = (values "files").absolutePath row.to;
  }) (table.files or [ ]);
  max-size = (values "max-size").size (table.max-size or 100000000);
  labels = joined "labels" // mapAttrs given labels;
  annotations = joined "annotations";
}
