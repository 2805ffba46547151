{ }:

/**
  Read the Cargo.toml in a directory of a workspace.

  # Type

  ```
  readManifest :: { src :: path, directory :: string } -> attrs
  ```
*/
{
  # The workspace's directory.
  src,
  # Relative to `src`; "" for `src` itself.
  directory,
}:
let
  inherit (builtins) addErrorContext fromTOML readFile;

  path = if directory == "" then "Cargo.toml" else "${directory}/Cargo.toml";
in
# What is no TOML ends the evaluation: this names the file beside the parser's words.
addErrorContext
  "muslin: `${path}` is not valid TOML; correct it as the parser says, or remove its directory from the workspace"
  (fromTOML (readFile (src + "/${path}")))
