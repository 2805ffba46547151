{ quoteNames }:

/**
  Return a value, or throw if two of the images have a reference in common: the one that
  is pushed or loaded last would take the other's place.

  # Type

  ```
  refuseSameImages :: { <name> = description; } -> any -> any
  ```
*/
# Results of `describeImage`, by names of images.
descriptions: value:
let
  inherit (builtins)
    attrNames
    concatMap
    filter
    groupBy
    head
    length
    map
    ;

  references = concatMap (
    image:
    let
      description = descriptions.${image};
    in
    map (tag: {
      inherit image;
      reference = "${if description.image == null then description.name else description.image}:${tag}";
    }) description.tags
  ) (attrNames descriptions);
  byReference = groupBy ({ reference, ... }: reference) references;
  shared = filter (reference: length byReference.${reference} > 1) (attrNames byReference);
  names = map ({ image, ... }: image) byReference.${head shared};
in
if shared == [ ] then
  value
else
  throw "muslin: the images ${quoteNames names} would all be `${head shared}`; set `image` or `tags` in `images.${head names}`"
