#!/usr/bin/env bash
# host-layer.sh: procedural macros, build scripts and what they use are compiled once, and by
# neither of the platforms' layers; C code of a target is compiled by its layer alone.
#
# Ends with 77 where the layers came from a binary cache, which has no logs.
set -euo pipefail
cd "$(dirname "$0")/../.."

fail() {
    printf 'host-layer: %s\n' "$1"
    exit 1
}
nix build --no-link .#deps-amd64 .#deps-arm64
host=$(nix-store --query --references "$(nix eval --raw .#deps-amd64.drvPath)" | grep -- '-host-deps-')
# compiled DERIVATION: the crates that a build compiled.
compiled() {
    nix log "$1" 2>/dev/null | sed 's/\x1b\[[0-9;]*m//g' | sed -n 's/^ *Compiling \([a-z0-9_-]*\) .*/\1/p' | sort --unique
}
[[ -n $(compiled "$host") && -n $(compiled .#deps-amd64) && -n $(compiled .#deps-arm64) ]] || {
    echo 'host-layer: there are no logs'
    exit 77
}

for crate in proc-macro2 quote serde_derive syn thiserror-impl cc; do
    compiled "$host" | grep --quiet --line-regexp "$crate" || fail "the layer of the host does not compile $crate"
    for arch in amd64 arm64; do
        ! compiled ".#deps-$arch" | grep --quiet --line-regexp "$crate" || fail "the layer for $arch compiles $crate again"
    done
done
# Empty files that stand for crates of a target, and stubs, do not stay.
left=$(zstd --decompress --stdout "$(nix-store --realise "$host" 2>/dev/null)/target.tar.zst" | tar --list | grep -E 'linux-musl|\.muslin$' || true)
[[ -z $left ]] || fail "left in the layer of the host: $left"
printf 'host-layer: %s crates once for both platforms\n' "$(compiled "$host" | wc --lines)"
