{ }:

/**
  Parsers for the values of `[package.metadata.muslin]`. Each returns the value in its
  normal form, or throws what is wrong with it and an example of a valid one. The Rust
  program has the same rules, in `src/package/`.

  - `size`: bytes, from `"100MB"`, `"64MiB"` or a number.
  - `user`: `"uid:gid"`, from that or `"uid"`.
  - `port`: `"8080/tcp"`, from that, `"8080"` or a number.
  - `absolutePath`: a path in the image, without a trailing slash.
  - `relativePath`: a path in the package's directory.
  - `envName`, `signal`, `tag`, `imageName`: unchanged.

  # Type

  ```
  valueParsers :: string -> { <name> :: value -> value; }
  ```
*/
# Where the value is set: the beginning of messages.
location:
let
  inherit (builtins)
    all
    elem
    elemAt
    filter
    floor
    fromJSON
    isString
    match
    split
    stringLength
    ;

  fail = message: throw "${location}: ${message}";

  splitPath = path: filter isString (split "/" path);

  units = {
    "" = 1;
    B = 1;
    kB = 1000;
    KB = 1000;
    MB = 1000000;
    GB = 1000000000;
    KiB = 1024;
    MiB = 1048576;
    GiB = 1073741824;
  };

  isRepositoryComponent = part: match "[a-z0-9]+(([.]|_|__|-+)[a-z0-9]+)*" part != null;
in
{
  size =
    value:
    let
      text = toString value;
      found = match "([0-9]+([.][0-9]+)?) *([A-Za-z]*)" text;
      unit = units.${elemAt found 2} or null;
      bytes = floor ((fromJSON (elemAt found 0)) * unit);
    in
    if builtins.isInt value then
      if value > 0 then value else fail "it must be greater than 0"
    else if found == null || unit == null || bytes < 1 || bytes > 1000000000000000 then
      fail "`${text}` is not a valid size; use one like `100MB` or `64MiB`"
    else
      bytes;

  user =
    text:
    let
      found = match "([0-9]{1,10})(:([0-9]{1,10}))?" text;
      uid = elemAt found 0;
      gid = if elemAt found 2 == null then uid else elemAt found 2;
      number =
        digits:
        let
          significant = elemAt (match "0*([0-9]+)" digits) 0;
        in
        if fromJSON significant > 4294967295 then notNumeric else significant;
      notNumeric = fail "`${text}` is not numeric; use `uid:gid`, such as `65532:65532`, because Kubernetes can only check numeric users to be non-root";
    in
    if found == null then notNumeric else "${number uid}:${number gid}";

  port =
    value:
    let
      text = toString value;
      found = match "0*([0-9]{1,5})(/(tcp|udp))?" text;
      number = fromJSON (elemAt found 0);
      protocol = if elemAt found 2 == null then "tcp" else elemAt found 2;
    in
    if found == null || number < 1 || number > 65535 then
      fail "`${text}` is not a valid port; use one like `8080` or `53/udp`"
    else
      "${toString number}/${protocol}";

  absolutePath =
    text:
    let
      rest = elemAt (match "/(.*[^/])?/?" text) 0;
      isNormal = part: part != "" && part != "." && part != ".." && match ".*[[:cntrl:]].*" part == null;
    in
    if text == "/" then
      "/"
    else if
      match "/.*" text == null || match "/(.*[^/])/?" text == null || !(all isNormal (splitPath rest))
    then
      fail "`${text}` must be an absolute path without `.` and `..`"
    else
      "/${rest}";

  relativePath =
    text:
    if text == "" || match "/.*" text != null || elem ".." (splitPath text) then
      fail "`${text}` must be a path in the package's directory, relative to it and without `..`"
    else
      text;

  envName =
    text:
    if match "[^=[:space:]]+" text == null then
      fail "`${text}` is not a valid name of an environment variable"
    else
      text;

  signal =
    text:
    let
      isName = match "SIG[A-Z0-9+-]{2,}" text != null;
      number = fromJSON (elemAt (match "0*([0-9]+)" text) 0);
      isNumber = match "[0-9]{1,2}" text != null && number >= 1 && number <= 64;
    in
    if isName || isNumber then text else fail "`${text}` is not a valid signal; use one like `SIGTERM`";

  # As the OCI distribution specification defines it.
  tag =
    text:
    if match "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}" text == null then
      fail "`${text}` is not a valid tag; a tag has up to 128 letters, digits, `_`, `.` and `-`, and starts with a letter, a digit or `_`"
    else
      text;

  # A repository with or without registry, without tag and digest.
  imageName =
    text:
    let
      hostAndPath = match "([^/]*)/(.*)" text;
      first = elemAt hostAndPath 0;
      hasHost = hostAndPath != null && (match ".*[.:].*" first != null || first == "localhost");
      isHost = match "[A-Za-z0-9.-]+(:[0-9]{1,5})?" first != null;
      path = if hasHost then elemAt hostAndPath 1 else text;
      isValid = part: part == "OWNER" || isRepositoryComponent part;
    in
    if (!hasHost || isHost) && all isValid (splitPath path) && stringLength text <= 255 then
      text
    else
      fail "`${text}` is not a valid image name; use one like `ghcr.io/owner/name`: lower-case letters and digits, separated by single `.`, `_` or `-`, without a tag";
}
