# shellcheck shell=bash disable=SC2154 # Nix sets what is read here.
# Debug information names the folder that zig's C library was compiled in: its hash in
# the store is written over, as crane does with those of the sources, so that what is
# built refers to nothing.
hash=${muslinZigCache#"$NIX_STORE"/}
hash=${hash:0:32}
find "$out/bin" -type f -exec sed -i "s|$hash|eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee|g" {} +
