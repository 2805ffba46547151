# shellcheck shell=bash disable=SC2154 # The derivation sets these variables.
# Set up zig's cache directories, and have compilers replace the paths that they write into
# executables by names that are the same on every machine.
#
# ./mkCommonArgs.nix sets $muslinTriple, $muslinZigCache and $muslinRustflags (one a line).

export HOME="$TMPDIR/home"
export CARGO_ZIGBUILD_CACHE_DIR="$TMPDIR/cargo-zigbuild"
export ZIG_LOCAL_CACHE_DIR="$TMPDIR/zig-local"
export ZIG_GLOBAL_CACHE_DIR="${muslinZigCacheOut:-$TMPDIR/zig-global}"
mkdir -p "$HOME" "$CARGO_ZIGBUILD_CACHE_DIR" "$ZIG_LOCAL_CACHE_DIR" "$ZIG_GLOBAL_CACHE_DIR"
if [ -n "${muslinZigCache-}" ]; then
    cp --recursive --no-preserve=mode,ownership "$muslinZigCache/." "$ZIG_GLOBAL_CACHE_DIR"
fi

muslinFlags=()
while IFS= read -r flag; do
    [ -z "$flag" ] || muslinFlags+=("$flag")
done <<<"${muslinRustflags-}"
muslinFlags+=(
    # The default today, but Rust plans to change it for musl.
    -Ctarget-feature=+crt-static
    # zig provides start files and C library.
    -Clink-self-contained=no
    # zig ignores rustc's `-static-pie`; this makes it link one.
    -Clink-arg=-pie
    "--remap-path-prefix=$PWD=/workspace"
)
muslinMaps="-ffile-prefix-map=$PWD=/workspace"
if [ -n "${cargoVendorDir-}" ]; then
    # Crane vendors each registry and each git dependency into its own directory.
    for directory in "$cargoVendorDir"/*/; do
        directory=${directory%/}
        muslinFlags+=("--remap-path-prefix=$directory=/crates")
        muslinMaps+=" -ffile-prefix-map=$directory=/crates"
    done
fi

# In the configuration cargo merges these flags with those of the package; RUSTFLAGS would
# replace them.
{
    printf '\n[target.%s]\nrustflags = [' "$muslinTriple"
    for flag in "${muslinFlags[@]}"; do
        flag=${flag//\\/\\\\}
        printf '"%s", ' "${flag//\"/\\\"}"
    done
    printf ']\n'
} >>"${CARGO_HOME:?}/config.toml"

# The cc crate takes the first of these that is set.
muslinCflags="CFLAGS_${muslinTriple//-/_}"
muslinCxxflags="CXXFLAGS_${muslinTriple//-/_}"
export "$muslinCflags=${!muslinCflags-${TARGET_CFLAGS-${CFLAGS-}}} $muslinMaps"
export "$muslinCxxflags=${!muslinCxxflags-${TARGET_CXXFLAGS-${CXXFLAGS-}}} $muslinMaps"
