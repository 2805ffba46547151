/**
  The systems that can build; each builds for all targets.

  # Type

  ```
  systems :: [ string ]
  ```
*/
[
  "x86_64-linux"
  "aarch64-linux"
  "aarch64-darwin"
]
