/**
  The forms that values of `[package.metadata.muslin]` must have. Each function
  gives the value in its normal form, or throws what is wrong and what to write;
  `where` begins the message. The Rust side of these is `src/package/values.rs`.

  # Type

  ```
  values :: { where :: string } -> { <kind> :: value -> value; }
  ```
*/
{ where }:
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
    replaceStrings
    split
    stringLength
    ;

  fail = message: throw "${where}: ${message}";

  # The parts of a text between separators, which are literal.
  parts = separator: text: filter isString (split (replaceStrings [ "." ] [ "\\." ] separator) text);

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

  isPathComponent = part: match "[a-z0-9]+(([.]|_|__|-+)[a-z0-9]+)*" part != null;
in
{
  # `100MB`, `64MiB` or a number of bytes.
  size =
    value:
    let
      text = toString value;
      found = match "([0-9]+([.][0-9]+)?) *([A-Za-z]*)" text;
      unit = units.${elemAt found 2} or null;
      bytes = floor ((fromJSON (elemAt found 0)) * unit);
    in
    if builtins.isInt value then
      if value > 0 then value else fail "it must be above 0"
    else if found == null || unit == null || bytes < 1 || bytes > 1000000000000000 then
      fail "`${text}` is no size; write one like `100MB` or `64MiB`"
    else
      bytes;

  # `uid` or `uid:gid`, numbers.
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
      notNumeric = fail "`${text}` is not numeric; write `uid:gid`, such as `65532:65532`: Kubernetes can check only numbers to be non-root";
    in
    if found == null then notNumeric else "${number uid}:${number gid}";

  # `8080`, `"8080"` or `"53/udp"`.
  port =
    value:
    let
      text = toString value;
      found = match "0*([0-9]{1,5})(/(tcp|udp))?" text;
      number = fromJSON (elemAt found 0);
      protocol = if elemAt found 2 == null then "tcp" else elemAt found 2;
    in
    if found == null || number < 1 || number > 65535 then
      fail "`${text}` is no port; write one like `8080` or `53/udp`"
    else
      "${toString number}/${protocol}";

  # An absolute path; a slash at its end is dropped.
  absolutePath =
    text:
    let
      rest = elemAt (match "/(.*[^/])?/?" text) 0;
      normal = part: part != "" && part != "." && part != ".." && match ".*[[:cntrl:]].*" part == null;
    in
    if text == "/" then
      "/"
    else if
      match "/.*" text == null || match "/(.*[^/])/?" text == null || !(all normal (parts "/" rest))
    then
      fail "`${text}` is not an absolute path without `.` and `..`"
    else
      "/${rest}";

  # A path within the package.
  relativePath =
    text:
    if text == "" || match "/.*" text != null || elem ".." (parts "/" text) then
      fail "`${text}` is not a path within the package, without `..`"
    else
      text;

  envName =
    text:
    if match "[^=[:space:]]+" text == null then
      fail "`${text}` is no name of an environment variable"
    else
      text;

  signal =
    text:
    let
      number = match "[0-9]{1,2}" text != null && fromJSON (elemAt (match "0*([0-9]+)" text) 0) >= 1;
    in
    if
      match "SIG[A-Z0-9+-]{2,}" text != null
      || (number && fromJSON (elemAt (match "0*([0-9]+)" text) 0) <= 64)
    then
      text
    else
      fail "`${text}` is no signal; write one like `SIGTERM`";

  tag =
    text:
    if match "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}" text == null then
      fail "`${text}` is no tag; a tag has up to 128 letters, digits, `_`, `.` and `-`, and begins with none of the last two"
    else
      text;

  # The name of a repository, without tag and digest.
  image =
    text:
    let
      split' = match "([^/]*)/(.*)" text;
      first = elemAt split' 0;
      hasHost = split' != null && (match ".*[.:].*" first != null || first == "localhost");
      host = match "[A-Za-z0-9.-]+(:[0-9]{1,5})?" first != null;
      path = if hasHost then elemAt split' 1 else text;
      fine = part: part == "OWNER" || isPathComponent part;
    in
    if (!hasHost || host) && all fine (parts "/" path) && stringLength text <= 255 then
      text
    else
      fail "`${text}` is no image name; write one like `ghcr.io/owner/name`: lower-case letters, digits, and single `.`, `_`, `-` between them, without a tag";
}
