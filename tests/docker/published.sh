#!/usr/bin/env bash
# published.sh: published packages of others take the Dockerfile as `muslin init docker` writes it: one
# with C code, a workspace with two binaries in one image, one with a toolchain file.
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/docker/common.sh

# unpack NAME VERSION FOLDER: the source of a package as it was published.
unpack() {
    local fetch=$work/fetch-$1
    mkdir -p "$fetch" "$3"
    touch "$fetch/lib.rs"
    printf '[package]\nname = "fetch"\nversion = "0.0.0"\nedition = "2021"\n[lib]\npath = "lib.rs"\n[dependencies]\n%s = "=%s"\n' "$1" "$2" >"$fetch/Cargo.toml"
    (cd "$fetch" && cargo fetch --quiet)
    local archive
    archive=$(find "${CARGO_HOME:-$HOME/.cargo}/registry/cache" -name "$1-$2.crate" | head -n 1)
    tar --extract --gzip --file "$archive" --directory "$3" --strip-components 1
}

# try FOLDER BINARY SAYS ARGUMENTS... [-- OPTIONS...]: writes the files, builds both platforms, the
# second without compiling; the binary with these arguments, and `hello` to read, is to say SAYS.
try() {
    local folder=$1 binary=$2 says=$3 said arch arguments=()
    shift 3
    while [[ $# -gt 0 && $1 != -- ]]; do
        arguments+=("$1")
        shift
    done
    [[ $# -eq 0 ]] || shift
    rm -rf "$work/app"
    mv "$folder" "$work/app"
    "$MUSLIN" init docker "$work/app" "$@" >&2 || fail "no files for \`$binary\`"
    "$MUSLIN" init docker "$work/app" "$@" --check >&2 || fail "the files of \`$binary\` are not up to date"
    for arch in amd64 arm64; do
        build "$binary-$arch" --tag "$binary:$arch" --platform "linux/$arch" || {
            tail -n 30 "$work/$binary-$arch" >&2
            fail "the build of \`$binary\` for linux/$arch fails"
        }
    done
    rebuilt "$binary-arm64" "$compile" no
    said=$(printf hello | docker run --rm --interactive --network none --entrypoint "/usr/local/bin/$binary" "$binary:amd64" "${arguments[@]}")
    [[ $said == *"$says"* ]] || fail "\`$binary\` says \`$said\`"
    say "$binary: $said"
    mkdir -p "$work/$binary"
    container=$(docker create --platform linux/arm64 "$binary:arm64")
    docker export "$container" | tar --directory "$work/$binary" --extract
    docker rm "$container" >/dev/null
    command -v qemu-aarch64-static >/dev/null || return 0
    said=$(printf hello | qemu-aarch64-static "$work/$binary/usr/local/bin/$binary" "${arguments[@]}")
    [[ $said == *"$says"* ]] || fail "\`$binary\` for arm64 says \`$said\`"
}

# BLAKE3 in C and assembly, for each platform another.
unpack b3sum 1.8.7 "$work/b3sum"
try "$work/b3sum" b3sum ea8f163db38682925e4491c5e58d4bb3506ef8c14eb78a86e908c5624a67200f

# Two members, of which one has two binaries.
unpack brotli 9.1.1 "$work/workspace/brotli"
unpack choose 1.3.7 "$work/workspace/choose"
rm -f "$work"/workspace/*/Cargo.lock
printf '[workspace]\nmembers = ["brotli", "choose"]\nresolver = "2"\n' >"$work/workspace/Cargo.toml"
printf '\n[package.metadata.muslin]\nbins = ["brotli", "catbrotli"]\n' >>"$work/workspace/brotli/Cargo.toml"
(cd "$work/workspace" && cargo generate-lockfile --quiet)
try "$work/workspace" brotli hello -c -- --package brotli
[[ -x $work/brotli/usr/local/bin/catbrotli ]] || fail 'the second binary is not in the image'

# A toolchain file, which chooses another Rust where rustup is.
unpack simple-http-server 0.8.1 "$work/server"
[[ -e $work/server/rust-toolchain ]] || fail 'the package has no toolchain file'
try "$work/server" simple-http-server 0.8.1 --version
