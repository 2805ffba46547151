# shellcheck shell=bash disable=SC2154 # Nix sets what is read here.
# Read by preBuild: makes zig's folders, and gives every path of this machine that
# compilers would write into the executable a name that is the same everywhere.
#
# Set by ./lib/commonArgs.nix: muslinTriple, muslinZigCache, muslinRustflags (one a line).

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
    # Said outright: its default for musl is planned to change.
    -Ctarget-feature=+crt-static
    # zig brings its own start files and C library.
    -Clink-self-contained=no
    # zig takes no `-static-pie`: with this it makes one.
    -Clink-arg=-pie
    "--remap-path-prefix=$PWD=/workspace"
)
muslinMaps="-ffile-prefix-map=$PWD=/workspace"
if [ -n "${cargoVendorDir-}" ]; then
    # Each registry and each git dependency has a folder of its own.
    for folder in "$cargoVendorDir"/*/; do
        folder=${folder%/}
        muslinFlags+=("--remap-path-prefix=$folder=/crates")
        muslinMaps+=" -ffile-prefix-map=$folder=/crates"
    done
fi

# Here, and not in RUSTFLAGS, they are added to those of the package's own config.
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
