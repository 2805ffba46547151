#!/usr/bin/env bash
# build-closure.sh: what is needed to build image-arm64 on x86_64-linux holds neither
# an emulator nor a compiler or binutils for another machine.
set -euo pipefail
cd "$(dirname "$0")/../.."

derivation=$(nix eval --raw .#packages.x86_64-linux.image-arm64.drvPath)
names=$(nix-store --query --requisites "$derivation" | sed 's|^/nix/store/[a-z0-9]*-||; s|[.]drv$||' | sort --unique)
count=$(wc --lines <<<"$names")
if found=$(grep --extended-regexp '(^|-)qemu|^(aarch64|arm|armv7l|riscv64|powerpc64)[a-z0-9_]*-.*(gcc|binutils|clang|cc-wrapper|glibc|musl)|(gcc|binutils|cc-wrapper)-.*aarch64' <<<"$names"); then
    printf 'build-closure: image-arm64 is built with\n%s\n' "$found"
    exit 1
fi
# A closure without these would be another's.
for wanted in rust-mixed zig-linker; do
    grep --quiet "^$wanted" <<<"$names" || {
        printf 'build-closure: there is no %s in the closure, so this looked at the wrong one\n' "$wanted"
        exit 2
    }
done
printf 'build-closure: %d derivations and sources, none of them an emulator or a foreign compiler\n' "$count"
