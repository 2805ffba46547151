{ }:

/**
  Format names for a message: each in backticks, separated by commas.

  # Type

  ```
  quoteNames :: [ string ] -> string
  ```
*/
names: builtins.concatStringsSep ", " (map (name: "`${name}`") names)
