{ }:

/**
  Make the labels and annotations of an image: the ones that OCI defines from
  `[package]`, then those of the metadata tables, then the version and revision.

  # Type

  ```
  makeLabels :: { cargoPackage, metadata, locate, version, revision, replaceOwner }
    -> { labels, annotations :: { <key> = string; } }
  ```
*/
{
  # Result of `readCargoPackage`.
  cargoPackage,
  # `values` and `locate` from `readMetadata`.
  metadata,
  locate,
  # In place of the package's version, or null.
  version,
  # The commit that is built, or null.
  revision,
  # Function string -> string that fills in OWNER.
  replaceOwner,
}:
let
  inherit (builtins)
    attrNames
    concatStringsSep
    elemAt
    filter
    head
    isString
    listToAttrs
    map
    mapAttrs
    match
    split
    ;
  inherit (cargoPackage) fields;

  # Null for a string of white space alone.
  trim = text: elemAt (match "[[:space:]]*(.*[^[:space:]])?[[:space:]]*" text) 0;
  trimOrEmpty = text: if trim text == null then "" else trim text;

  # `MIT/Apache-2.0` is an old way to write `MIT OR Apache-2.0`.
  licenses = license: concatStringsSep " OR " (map trimOrEmpty (filter isString (split "/" license)));
  standard = {
    authors = concatStringsSep ", " (fields.authors or [ ]);
    description = fields.description or null;
    documentation = fields.documentation or null;
    licenses = if fields ? license then licenses fields.license else null;
    source = fields.repository or null;
    title = cargoPackage.name;
    url = fields.homepage or null;
    inherit (cargoPackage) version;
  };
  fromPackage = listToAttrs (
    map (key: {
      name = "org.opencontainers.image.${key}";
      value = trim standard.${key};
    }) (filter (key: standard.${key} != null && trim standard.${key} != null) (attrNames standard))
  );

  # The first value that is set: the argument, the metadata tables' label, the package's.
  firstSet =
    key: argument:
    let
      name = "org.opencontainers.image.${key}";
      candidates = filter (value: value != null && value != "") [
        argument
        (metadata.labels.${name} or null)
        (fromPackage.${name} or null)
      ];
    in
    if candidates == [ ] then { } else { ${name} = head candidates; };

  merge =
    key:
    if filter (name: trim name == null) (attrNames metadata.${key}) != [ ] then
      throw "muslin: ${locate key} has an empty key"
    else
      fromPackage
      // mapAttrs (_: replaceOwner) metadata.${key}
      // firstSet "version" version
      // firstSet "revision" revision;
in
{
  labels = merge "labels";
  annotations = merge "annotations";
}
