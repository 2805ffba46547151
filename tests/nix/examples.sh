#!/usr/bin/env bash
# examples.sh NAME: the flake in examples/NAME evaluates: every package, app and check, for
# both kinds of Linux machines, and what it says it has is there.
#
# FLAKE_PARTS names a local copy of that input. Ends with 77 where the input cannot be had.
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)

name=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$here/examples/$name/." "$work"
cd "$work"
sed -i "s|github:OWNER/muslin|git+file://$here|" flake.nix
if [[ $name == flake-parts ]]; then
    if [[ -d ${FLAKE_PARTS-} ]]; then
        sed -i "s|github:hercules-ci/flake-parts|path:$(realpath "$FLAKE_PARTS")|" flake.nix
    elif [[ -n ${MIRROR-} ]]; then
        echo 'examples: flake-parts is not among the local inputs'
        exit 77
    fi
    # flake-parts finds nixpkgs by a mark on flakes that Nix 2.14 brought.
    if [[ $(nix-instantiate --eval --expr 'builtins.compareVersions builtins.nixVersion "2.14"') == -1 ]]; then
        # shellcheck disable=SC2016 # It is Nix that is to read it.
        sed -i -e 's/{ config, [.][.][.] }:/{ config, system, ... }:/' \
            -e 's/^ *muslin = {$/_module.args.pkgs = inputs.nixpkgs.legacyPackages.${system};\n&/' flake.nix
    fi
fi
git init --quiet
git add --all
nix flake lock 2>/dev/null
git add --all
git -c user.name=test -c user.email=test@localhost commit --quiet --message example

# names KIND: the names of outputs of this kind, which are evaluated to their derivations.
names() {
    # shellcheck disable=SC2016 # It is Nix that is to read it.
    nix eval --json ".#$1" --apply 'outputs: builtins.mapAttrs (_: builtins.mapAttrs (_: output: output.drvPath or output.program)) (builtins.intersectAttrs { x86_64-linux = 1; aarch64-linux = 1; } outputs)' |
        jq --raw-output 'map(keys | join(" ")) | unique | .[]'
}
case $name in
    workspace)
        packages='cache default deps-amd64 deps-arm64 migrate-amd64 migrate-arm64 migrate-image migrate-image-amd64 migrate-image-arm64 server-amd64 server-arm64 server-image server-image-amd64 server-image-arm64 worker-amd64 worker-arm64 worker-image worker-image-amd64 worker-image-arm64'
        kinds=(apps checks)
        ;;
    parts)
        packages='default hello-on-arm'
        kinds=(apps checks)
        ;;
    flake-parts)
        packages='cache default deps-amd64 deps-arm64 hello-amd64 hello-arm64 image image-amd64 image-arm64'
        kinds=(apps checks)
        ;;
    overlay)
        packages='cache default deps-amd64 deps-arm64 hello-amd64 hello-arm64 image image-amd64 image-arm64'
        kinds=()
        ;;
esac
found=$(names packages)
if [[ $found != "$packages" ]]; then
    printf 'examples: %s has these packages:\n%s\nand should have these:\n%s\n' "$name" "$found" "$packages"
    exit 1
fi
for kind in ${kinds[@]+"${kinds[@]}"}; do
    [[ -n $(names "$kind") ]] || {
        printf 'examples: %s has no %s\n' "$name" "$kind"
        exit 1
    }
done
printf 'examples: %s: %d packages\n' "$name" "$(wc --words <<<"$found")"
