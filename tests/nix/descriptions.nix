/**
  The golden files that the Rust side is tested on, too: each folder of
  `fixtures/descriptions` with a `Cargo.toml` and what is to come of it.
*/
{ is, refuses }:
{ }
