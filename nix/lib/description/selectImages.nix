{ quoteNames }:

/**
  Make a table of the images to build from the arguments `images`, `package` and `bins`.
  Without `images` there is one, `default`.

  - `package`: directory of the package, or null.
  - `table`: keys of `[package.metadata.muslin]` that go before those of Cargo.toml.
  - `place`: where the table stands, for messages.
  - `fallbackName`: name of the image where Cargo.toml gives none, or null for the package's.
  - `prefix`: what the names of its outputs begin with.

  # Type

  ```
  selectImages :: { images, package, bins } -> {
    <name> = { package, table, place, fallbackName, prefix };
  }
  ```
*/
{
  # As in mkImages.
  images,
  package,
  bins,
}:
let
  inherit (builtins)
    attrNames
    isAttrs
    mapAttrs
    match
    removeAttrs
    typeOf
    ;

  # `nix run .#push` and `nix run .#push-NAME` push images.
  isReserved = name: name == "default" || match "push(-.*)?" name != null;
  isValid = name: match "[a-z0-9]+([._-][a-z0-9]+)*" name != null;

  select =
    name: image:
    if !(isAttrs image) then
      throw "muslin: `images.${name}` must be a set, and is of type ${typeOf image}; write `${name} = { package = \"crates/${name}\"; };`"
    else if isReserved name then
      throw "muslin: an image in `images` cannot be called `${name}`: other outputs have names that begin with it"
    else if !(isValid name) then
      throw "muslin: `${name}` in `images` is not a valid name of an image; use lower-case letters and digits, separated by single `.`, `_` or `-`"
    else
      {
        package = image.package or package;
        table = removeAttrs image [ "package" ];
        place = "`images.${name}`";
        fallbackName = name;
        prefix = "${name}-";
      };
in
if images == null then
  {
    default = {
      inherit package;
      table = if bins == null then { } else { inherit bins; };
      place = "the arguments";
      fallbackName = null;
      prefix = "";
    };
  }
else if images == { } then
  throw "muslin: `images` is empty; leave it out for one image, or name some: `images.server.package = \"crates/server\";`"
else if bins != null then
  throw "muslin: `bins` is for one image, and `images` has ${quoteNames (attrNames images)}; set `bins` in these"
else
  mapAttrs select images
