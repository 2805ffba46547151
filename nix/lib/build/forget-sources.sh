# shellcheck shell=bash disable=SC2154 # The derivation sets these variables.
# Remove the references that debug information of the C library contains, to zig and to its
# cache, by overwriting their hashes. Crane does the same for toolchain and vendored sources.
for path in "$muslinLinker" "$muslinZig"; do
    hash=${path#"$NIX_STORE"/}
    hash=${hash:0:32}
    find "$out/bin" -type f -exec sed -i "s|$hash|eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee|g" {} +
done
