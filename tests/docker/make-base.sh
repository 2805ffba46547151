#!/usr/bin/env bash
# shellcheck disable=SC2016 # Dollars and backticks of others.
# make-base.sh FOLDER IMAGE: an image that stands in for the official one of Rust, made of Debian
# and of this machine's Rust, which can compile for musl.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$1
image=$2

report=$("$MUSLIN" build --help >/dev/null && "$MUSLIN" setup --json)
printf '%s\n' "$report" | jq --raw-output '.items[] | "make-base: \(.name): \(.detail)"' >&2
rustc=$(printf '%s\n' "$report" | jq --raw-output '.items[] | select(.name == "rust") | .detail' | sed 's/.*(`\(.*\)`)/\1/')
sysroot=$("$rustc" --print sysroot)

packages=ca-certificates,gcc,g++,libc6-dev,musl-tools,binutils,python3,python3-pip,git
case $sysroot in
    /usr) packages+=,rustc-web,cargo-web ;;
esac
printf 'make-base: debootstrap\n' >&2
mkdir -p "$root"
debootstrap --variant=minbase --include="$packages" "$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)" "$root" >"$root.log" 2>&1 || {
    tail -n 3 "$root.log" >&2
    exit 1
}
# Certificates of this machine, for mirrors of registries with one of their own.
cp --dereference /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
# A zig of Python's, which is not to be used.
mkdir -p "$root/usr/lib/python3/dist-packages/ziglang"
printf 'import sys\nprint("0.15.0")\nsys.exit(sys.argv[1:] != ["version"])\n' >"$root/usr/lib/python3/dist-packages/ziglang/__main__.py"
rm -rf "$root"/var/cache/apt/archives/*.deb "$root"/var/lib/apt/lists/*

libraries=$root/usr/lib/rustlib
if [[ $sysroot != /usr ]]; then
    # A toolchain of its own, without rustup, documentation and source.
    libraries=$root/usr/local/lib/rustlib
    mkdir -p "$root/usr/local"
    tar --directory "$sysroot" --create --exclude=share/doc --exclude=lib/rustlib/src bin lib | tar --directory "$root/usr/local" --extract
fi
for triple in x86_64-unknown-linux-musl aarch64-unknown-linux-musl; do
    if [[ ! -d $libraries/$triple/lib ]]; then
        # The one that muslin has built for the cargo lane.
        std=$("$MUSLIN" setup --json | jq --raw-output '.items[] | select(.name == "musl std") | .detail')
        found=$(find "${MUSLIN_CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/muslin}/std" -type d -name "$triple" -printf '%T@ %p\n' 2>/dev/null | sort -rn | head -n 1 | cut -d' ' -f2-)
        [[ $found ]] || {
            printf 'make-base: no standard library for %s: %s\n' "$triple" "$std" >&2
            exit 1
        }
        mkdir -p "$libraries/$triple/lib"
        cp "$found"/*.rlib "$libraries/$triple/lib/"
    fi
done

tar --directory "$root" --create . | docker import \
    --change 'ENV PATH=/usr/local/cargo/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
    --change 'ENV CARGO_HOME=/usr/local/cargo' --change 'ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt' \
    - "$image" >/dev/null
