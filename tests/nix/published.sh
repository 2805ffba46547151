#!/usr/bin/env bash
# published.sh NAME VERSION [ARGUMENT...]: the flake of templates/default beside a
# published package builds its images, and the program prints something with these
# arguments: on this machine, and under qemu-user for the other architecture.
#
# NIXPKGS, CRANE and FENIX may name local inputs, as in scripts/nix-check.
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)

name=$1 version=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [[ $version == path:* ]]; then
    cp -r "${version#path:}" "$work/package"
else
    # cargo gets the source: as a dependency of nothing.
    mkdir -p "$work/fetch/src"
    : >"$work/fetch/src/lib.rs"
    printf '[package]\nname = "fetch"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]\n%s = "=%s"\n[workspace]\n' \
        "$name" "$version" >"$work/fetch/Cargo.toml"
    (cd "$work/fetch" && cargo fetch --quiet)
    cp -r "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/"$name-$version" "$work/package"
fi
cd "$work/package"
cp "$here/templates/default/flake.nix" "$here/templates/default/.gitignore" .
sed -i "s|github:OWNER/muslin|git+file://$here|" flake.nix
[[ -z ${PACKAGE-} ]] || sed -i "s|src = ./.;|src = ./.; package = \"$PACKAGE\";|" flake.nix
git init --quiet
git add --all --force
git -c user.name=test -c user.email=test@localhost commit --quiet --message package

overrides=(--no-write-lock-file)
for input in nixpkgs crane fenix; do
    folder=${input^^}
    [[ -z ${!folder-} ]] || overrides+=(--override-input "muslin/$input" "path:${!folder}")
done
start=$SECONDS
nix build --print-build-logs "${overrides[@]}" --option allow-import-from-derivation false --out-link result-amd64 .#image-amd64
nix build --print-build-logs "${overrides[@]}" --option allow-import-from-derivation false --out-link result-arm64 .#image-arm64
system=$(nix eval --raw --impure --expr builtins.currentSystem)
nix build --no-link "${overrides[@]}" ".#checks.$system."{executable,image}-{amd64,arm64}
took=$((SECONDS - start))

for arch in amd64 arm64; do
    config=$(tar --extract --file "result-$arch" --to-stdout manifest.json | grep -o '"Config": *"[^"]*"' | cut -d'"' -f4)
    program=$(tar --extract --file "result-$arch" --to-stdout "$config" | tr -d '[:space:]' | grep -o '"Entrypoint":\["[^"]*"' | cut -d'"' -f4)
    executable=$(nix build --no-link --json "${overrides[@]}" ".#${program##*/}-$arch" | grep -o '/nix/store/[^"]*-'"$arch"'-[^"]*' | grep -v drv)
    run=("$executable/bin/${program##*/}")
    case $(uname -m)-$arch in
        x86_64-arm64) run=(qemu-aarch64-static "${run[@]}") ;;
        aarch64-amd64) run=(qemu-x86_64-static "${run[@]}") ;;
    esac
    printf 'published: %s on %s: %s\n' "$name" "$arch" "$("${run[@]}" "$@" | head -n 1)"
done
printf 'published: %s: both images in %d s\n' "$name" "$took"
