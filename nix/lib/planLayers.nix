{ }:

/**
  Decide which images share a layer of dependencies: those with the same profile and the
  same features. An image gets a layer of its own if the package of another one has a
  binary of the same name, because cargo would build both.

  # Type

  ```
  planLayers :: { <image> = { cargoPackage, description, ... }; } -> {
    keys :: { <image> = string; };
    layers :: { <key> = { packages, features, platforms :: [ string ]; profile :: string; }; };
  }
  ```
*/
# Results of `readCargoPackage` and `describeImage`, by names of images.
images:
let
  inherit (builtins)
    any
    attrNames
    attrValues
    concatMap
    elem
    groupBy
    head
    listToAttrs
    map
    mapAttrs
    match
    toJSON
    ;

  sortUnique =
    names:
    attrNames (
      listToAttrs (
        map (name: {
          inherit name;
          value = null;
        }) names
      )
    );

  isAlone =
    image:
    any (
      other:
      other.cargoPackage.packageDir != image.cargoPackage.packageDir
      && any (bin: elem bin other.cargoPackage.bins) image.description.bins
    ) (attrValues images);
  keyOf =
    image:
    toJSON [
      image.description.profile
      image.description.features
      (if isAlone image then image.cargoPackage.packageDir else null)
    ];

  # A feature of a dependency, `DEPENDENCY/FEATURE`, is one already.
  qualify =
    image: feature:
    if match ".*/.*" feature != null then feature else "${image.cargoPackage.name}/${feature}";
  layerOf = images: {
    packages = sortUnique (map (image: image.cargoPackage.name) images);
    features = sortUnique (concatMap (image: map (qualify image) image.description.features) images);
    # Of all images.
    platforms = sortUnique (concatMap (image: image.description.platforms) images);
    inherit ((head images).description) profile;
  };
in
{
  keys = mapAttrs (_: keyOf) images;
  layers = mapAttrs (_: layerOf) (groupBy keyOf (attrValues images));
}
