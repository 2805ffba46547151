{ quoteNames, targets }:

/**
  Check the platforms to build for, and sort them.

  # Type

  ```
  selectPlatforms :: { location :: string, platforms :: [ string ] or null } -> [ string ]
  ```
*/
{
  # Where the platforms are set, for messages.
  location,
  # OCI platforms, such as "linux/arm64". Null selects all that are supported.
  platforms,
}:
let
  inherit (builtins)
    attrValues
    elem
    filter
    head
    map
    ;

  supported = map (target: target.platform) (attrValues targets);
  unsupported = filter (platform: !(elem platform supported)) platforms;
in
if platforms == null then
  supported
else if platforms == [ ] then
  throw "muslin: ${location} is empty; an image needs at least one platform"
else if unsupported != [ ] then
  throw "muslin: ${location}: `${head unsupported}` is not a supported platform; supported are ${quoteNames supported}"
else
  filter (platform: elem platform platforms) supported
