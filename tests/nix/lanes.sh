#!/usr/bin/env bash
# lanes.sh: this repository's executables and images come out of the cargo lane as
# they come out of the Nix lane, given the shell's rustc and std.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
fail() {
    printf 'lanes: %s\n' "$1"
    exit 1
}

# Both lanes read one file of versions; an override of the flake could still differ.
pinned() { jq --raw-output ".\"$1\".version" src/compile/linker/wheels.json; }
versions="$(nix develop --command zig version) $(nix develop --command cargo-zigbuild --version | sed 's/.* //')"
[[ $versions == "$(pinned ziglang) $(pinned cargo-zigbuild)" ]] ||
    fail "the flake has zig and cargo-zigbuild $versions, the cargo lane $(pinned ziglang) $(pinned cargo-zigbuild)"

nix build --out-link "$work/amd64" .#muslin-amd64
nix build --out-link "$work/arm64" .#muslin-arm64
nix build --out-link "$work/image-amd64" .#image-amd64
nix build --out-link "$work/image-arm64" .#image-arm64

# In a folder of another name and length, as on another machine. Kept, because cargo
# compiles dependencies again where the workspace has another path.
target=${CARGO_TARGET_DIR:-$PWD/target}/lanes
source=$target/workspace
rm -rf "$source"
mkdir -p "$source"
git ls-files -z | tar --create --null --files-from=- | tar --extract --directory "$source"
tool=$(scripts/build-muslin)
# sccache is for people: it does not change what is compiled, and may not be there.
# The date that a shell of Nix sets would be that of the image.
shell() { nix develop --command env --unset=RUSTC_WRAPPER --unset=SOURCE_DATE_EPOCH --chdir="$source" "$@"; }
revision=$(git rev-parse HEAD)
built=$(shell "$tool" build --locked --revision "$revision" --target-dir "$target" --to "oci:$work/build:latest")
packed=$("$tool" pack "$source" --revision "$revision" --to "oci:$work/pack:latest" \
    --executable "linux/amd64=$work/amd64/bin/muslin" --executable "linux/arm64=$work/arm64/bin/muslin")

for arch in amd64 arm64; do
    case $arch in
        amd64) triple=x86_64-unknown-linux-musl ;;
        arm64) triple=aarch64-unknown-linux-musl ;;
    esac
    cmp "$work/$arch/bin/muslin" "$target/muslin-executables/$triple/muslin" ||
        fail "the executables for $arch differ"
    printf 'lanes: %s: the same %d bytes\n' "$arch" "$(stat --format=%s "$target/muslin-executables/$triple/muslin")"
done

[[ ${built##*@} == "${packed##*@}" ]] ||
    fail "\`muslin build\` made ${built##*@}, and \`muslin pack\` of the Nix lane's executables ${packed##*@}"
printf 'lanes: build, and pack of what Nix built: %s\n' "${built##*@}"

# What must be the same in a config: all but the date, the layers and their history.
shown='del(.created, .rootfs, .history)'
for arch in amd64 arm64; do
    config=$(tar --extract --to-stdout --file "$work/image-$arch" manifest.json | jq --raw-output '.[0].Config')
    tar --extract --to-stdout --file "$work/image-$arch" "$config" | jq --sort-keys "$shown" >"$work/nix-$arch.json"
    skopeo --override-arch "$arch" inspect --config --raw "oci:$work/build:latest" | jq --sort-keys "$shown" >"$work/cargo-$arch.json"
    diff --unified "$work/nix-$arch.json" "$work/cargo-$arch.json" || fail "the configs for $arch differ"
    printf 'lanes: %s: the configs are equal but for dates and layers\n' "$arch"
done
