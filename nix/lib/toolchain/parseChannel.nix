{ }:

/**
  Parse the name of a toolchain as rustup writes it: a channel, a date, and a host that is
  ignored. Null if it is none.

  - `channel`: `stable`, `beta`, `nightly` or a version.
  - `isPinned`: whether it names one release, and not the latest one.
  - `manifest`: where Rust publishes what the release consists of.

  # Type

  ```
  parseChannel :: string -> { channel, manifest :: string; isPinned :: bool; } or null
  ```
*/
name:
let
  inherit (builtins) elemAt match;

  found = match "(stable|beta|nightly|[0-9]+[.][0-9]+([.][0-9]+)?)(-([0-9]{4}-[0-9]{2}-[0-9]{2}))?(-[a-z0-9_]+-[a-z0-9_-]+)?" name;
  channel = elemAt found 0;
  date = elemAt found 3;
in
if found == null then
  null
else
  {
    inherit channel;
    isPinned = date != null || match "[0-9].*" channel != null;
    manifest = "https://static.rust-lang.org/dist/${
      if date == null then "" else "${date}/"
    }channel-rust-${channel}.toml";
  }
