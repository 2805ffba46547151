# shellcheck shell=bash disable=SC2154 # The derivation sets these variables.
# Set up zig's cache directories and cargo's linkers, and have compilers replace the paths
# that they write into executables by names that are the same on every machine.
#
# What differs between two build directories goes by wrappers and their variables, never
# into what cargo compares: rustflags, linkers, CFLAGS.
#
# ./mkCommonArgs.nix sets $muslinTriples (names with spaces between), $muslinLinker,
# $muslinRustcWrapper and $muslinRustflags (one a line).

export HOME="$TMPDIR/home"
export ZIG_LOCAL_CACHE_DIR="$TMPDIR/zig-local"
export ZIG_GLOBAL_CACHE_DIR="${muslinZigCacheOut:-$TMPDIR/zig-global}"
mkdir -p "$HOME" "$ZIG_LOCAL_CACHE_DIR" "$ZIG_GLOBAL_CACHE_DIR"
if [ -n "${muslinLinker-}" ]; then
    cp --recursive --no-preserve=mode,ownership "$muslinLinker/zig-cache/." "$ZIG_GLOBAL_CACHE_DIR"
    # shellcheck source=/dev/null
    source "$muslinLinker/environment.sh"
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
)
export muslinBuildRoot="$PWD"
export RUSTC_WRAPPER="${muslinRustcWrapper-}"
export muslinCArguments="-ffile-prefix-map=$PWD=/workspace"
if [ -n "${cargoVendorDir-}" ]; then
    # Crane vendors each registry and each git dependency into its own directory.
    for directory in "$cargoVendorDir"/*/; do
        directory=${directory%/}
        muslinFlags+=("--remap-path-prefix=$directory=/crates")
        muslinCArguments+=$'\n'"-ffile-prefix-map=$directory=/crates"
    done
fi

# In the configuration cargo merges these flags with those of the package; RUSTFLAGS would
# replace them.
for triple in $muslinTriples; do
    printf '\n[target.%s]\nrustflags = [' "$triple"
    for flag in "${muslinFlags[@]}"; do
        flag=${flag//\\/\\\\}
        printf '"%s", ' "${flag//\"/\\\"}"
    done
    printf ']\n'
done >>"${CARGO_HOME:?}/config.toml"
