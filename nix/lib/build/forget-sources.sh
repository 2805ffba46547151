# shellcheck shell=bash disable=SC2154 # The derivation sets these variables.
# Remove the reference to zig's cache that debug information of the C library contains, by
# overwriting its hash. Crane does the same for toolchain and vendored sources.
hash=${muslinLinker#"$NIX_STORE"/}
hash=${hash:0:32}
find "$out/bin" -type f -exec sed -i "s|$hash|eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee|g" {} +
