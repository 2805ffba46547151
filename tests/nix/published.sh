#!/usr/bin/env bash
# published.sh NAME VERSION [ARGUMENT...]: `nix flake init` with our template in the
# folder of a published package, and nothing else, builds its images; and the program
# prints something with these arguments: on this machine, and under qemu-user for the
# other architecture. PACKAGE names a folder in a workspace.
#
# Ends with 77 where a local mirror of crates lacks some of the package's.
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)

name=$1 version=$2
shift 2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# cargo gets the source: as a dependency of nothing.
mkdir -p "$work/fetch/src"
: >"$work/fetch/src/lib.rs"
printf '[package]\nname = "fetch"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]\n%s = "=%s"\n[workspace]\n' \
    "$name" "$version" >"$work/fetch/Cargo.toml"
(cd "$work/fetch" && cargo fetch --quiet 2>/dev/null)
cp -r "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/"$name-$version" "$work/package"
cd "$work/package"

if [[ -n ${MIRROR-} ]]; then
    missing=$(comm -23 \
        <(sed -n '/^source = "registry/{g;p};/^name = /{s/.*"\(.*\)"/\1/;h};/^version = /{s/.*"\(.*\)"/\1/;H;g;s/\n/-/;h}' Cargo.lock | sed 's/$/.crate/' | sort) \
        <(find "$MIRROR/crates" -name '*.crate' -printf '%f\n' | sort) | wc --lines)
    if [[ $missing -gt 0 ]]; then
        printf 'published: %s: %d of its crates are not in the mirror beside the local inputs\n' "$name" "$missing"
        exit 77
    fi
fi

git init --quiet
nix flake init --template "git+file://$here"
sed -i "s|github:OWNER/muslin|git+file://$here|" flake.nix
[[ -z ${PACKAGE-} ]] || sed -i "s|src = ./.;|src = ./.; package = \"$PACKAGE\";|" flake.nix
git add --all --force
nix flake lock
git add --all --force
git -c user.name=test -c user.email=test@localhost commit --quiet --message package

start=$SECONDS
nix build --print-build-logs --out-link result-amd64 .#image-amd64
nix build --print-build-logs --out-link result-arm64 .#image-arm64
took=$((SECONDS - start))
system=$(nix-instantiate --eval --expr builtins.currentSystem | tr --delete '"')
nix build --no-link ".#checks.$system."{executable,image}-{amd64,arm64}

for arch in amd64 arm64; do
    config=$(tar --extract --to-stdout --file "result-$arch" manifest.json | jq --raw-output '.[0].Config')
    program=$(tar --extract --to-stdout --file "result-$arch" "$config" | jq --raw-output '.config.Entrypoint[0]')
    program=${program##*/}
    nix build --out-link "executable-$arch" ".#$program-$arch"
    printf 'published: %s on %s: %s\n' "$name" "$arch" "$("$here/tests/nix/run-on.sh" "$arch" "executable-$arch/bin/$program" "$@" | head -n 1)"
done
printf 'published: %s: both images in %d s\n' "$name" "$took"
