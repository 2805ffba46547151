{ quoteNames }:

/**
  Select the binaries that go into the image, and the one that a container starts.

  Without `bins` these are cargo's `default-run`, or the only binary of the package.

  # Type

  ```
  selectBinaries :: { cargoPackage, metadata } -> { bins :: [ string ], entrypoint :: string }
  ```
*/
{
  # Result of `readCargoPackage`.
  cargoPackage,
  # `values` from `readMetadata`.
  metadata,
}:
let
  inherit (builtins)
    elem
    filter
    foldl'
    head
    length
    ;
  inherit (cargoPackage) name fields;

  removeDuplicates = foldl' (seen: bin: if elem bin seen then seen else seen ++ [ bin ]) [ ];

  available = cargoPackage.bins;
  requested = metadata.bins or [ ];
  unknown = filter (bin: !(elem bin available)) requested;
  bins =
    if available == [ ] && cargoPackage.withBinaries != [ ] then
      throw "muslin: the package `${name}` has no binary; choose a package of its workspace that has one with `package = \"…\"`: ${quoteNames cargoPackage.withBinaries}"
    else if available == [ ] then
      throw "muslin: the package `${name}` has no binary; add a `src/main.rs` or a `[[bin]]`, or choose another package with `package = \"…\"`"
    else if fields ? default-run && !(elem fields.default-run available) then
      throw "muslin: `default-run` in `${cargoPackage.manifestPath}` is `${fields.default-run}`, which is not a binary of the package; its binaries are ${quoteNames available}"
    else if unknown != [ ] then
      throw "muslin: the package `${name}` has no binary `${head unknown}`; its binaries are ${quoteNames available}"
    else if requested != [ ] then
      removeDuplicates requested
    else if fields ? default-run then
      [ fields.default-run ]
    else if length available == 1 then
      available
    else
      throw "muslin: the package `${name}` has several binaries: ${quoteNames available}; choose with `bins = [\"NAME\"]` in `[package.metadata.muslin]` or `default-run = \"NAME\"` in `[package]`";

  defaults = filter (bin: elem bin bins) [
    (fields.default-run or null)
    name
  ];
  entrypoint =
    if metadata ? entrypoint then
      if elem metadata.entrypoint bins then
        metadata.entrypoint
      else
        throw "muslin: `entrypoint` is `${metadata.entrypoint}`, which is not in the image; its binaries are ${quoteNames bins}"
    else if length bins == 1 then
      head bins
    else if defaults != [ ] then
      head defaults
    else
      throw "muslin: the image has several binaries: ${quoteNames bins}; choose the one that a container starts with `entrypoint = \"NAME\"` in `[package.metadata.muslin]`";
in
{
  inherit bins entrypoint;
}
