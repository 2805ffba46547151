#!/usr/bin/env bash
# builders.sh: with two builders that each take one build at a time, the dependencies of the
# two platforms are compiled at the same time, one on each, and both images come back.
#
# The builders are stores in folders of this machine, as `builders` of nix.conf names them.
# Ends with 77 where this user may not build in another store.
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)

[[ $(id -u) -eq 0 ]] || {
    echo 'builders: only root builds in a store in another folder'
    exit 77
}
work=$(mktemp -d)
clean_up() {
    chmod -R u+w "$work"
    rm -rf "$work"
}
trap clean_up EXIT
fail() {
    printf 'builders: %s\n' "$1"
    exit 1
}
# shellcheck source=/dev/null
source "$here/tests/nix/sample.sh"
# Dependencies that no store has yet.
sed -i "s|src = ./.;|& env.ROUND = \"$RANDOM\";|" flake.nix
commit round

system=$(nix-instantiate --eval --expr builtins.currentSystem | tr --delete '"')
nix build --no-link --print-build-logs --max-jobs 0 --option require-sigs false \
    --builders "$work/one $system - 1 1; $work/two $system - 1 1" .#image 2>"$work/log" || {
    tail -n 30 "$work/log"
    fail 'the images were not built'
}
built() { sed -n "s|^building '[^']*-\(sample-[a-z0-9]*-deps\)-[^']*' on '$work/\([a-z]*\)'.*|\1 \2|p" "$work/log" | sort; }
built
[[ $(built | cut --delimiter=' ' --fields=1 | xargs) == 'sample-amd64-deps sample-arm64-deps sample-host-deps' ]] ||
    fail "the builders compiled $(built | xargs)"
[[ $(built | grep -v host | cut --delimiter=' ' --fields=2 | sort --unique | xargs) == 'one two' ]] ||
    fail 'one builder compiled the dependencies of both platforms'
