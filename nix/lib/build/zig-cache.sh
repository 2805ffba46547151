# shellcheck shell=bash disable=SC2154 # The derivation sets these variables.
# Link an empty program, so that zig compiles its C library into the output.
mkdir -p empty/src "$out"
cd empty || exit
printf 'fn main() {}\n' >src/main.rs
cp "$manifest" Cargo.toml
export CARGO_HOME="$PWD/.cargo-home" muslinZigCacheOut="$out"
mkdir -p "$CARGO_HOME"
# shellcheck source=/dev/null
source "$preBuild"
cargo generate-lockfile --offline
# shellcheck disable=SC2086 # Several arguments.
eval "$cargoBuildCommand --target $muslinTriple $muslinCargoArgs"
