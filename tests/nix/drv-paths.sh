#!/usr/bin/env bash
# drv-paths.sh NIX...: edits a copy of this repository in one thing after the other
# and compares what Nix would build with what it would have built before. Then breaks
# two properties on purpose, to show that the comparison finds it.
#
# NIX is the command to call nix with, such as `nix`.
set -euo pipefail
cd "$(dirname "$0")/../.."

copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git archive HEAD | tar --extract --directory "$copy"
cd "$copy"
git init --quiet
commit() {
    git add --all
    git -c user.name=test -c user.email=test@localhost commit --quiet --allow-empty --message "$1"
}
# The revision is written down, because every edit is a commit of its own.
revise() { sed -i "s/inherit self;.*/inherit self; revision = \"$1\";/" flake.nix; }
revise 0000000000000000000000000000000000000000
commit base

passed=0 failed=0
# shellcheck disable=SC2016 # It is Nix that is to read it.
paths() { "$@" eval --raw .#packages.x86_64-linux --apply \
    'packages: builtins.concatStringsSep "\n" (map (name: "${name} ${builtins.unsafeDiscardStringContext packages.${name}.drvPath}") [ "deps-amd64" "deps-arm64" "muslin-amd64" "muslin-arm64" "image-amd64" "image" ])' 2>error.log || {
    cat error.log >&2
    exit 2
}; }
# changed NIX...: the names of what differs from the base, on one line.
changed() {
    rm -f error.log
    commit edit
    paths "$@" >"$copy.after"
    diff <(cat "$copy.before") "$copy.after" | sed -n 's/^> \([^ ]*\) .*/\1/p' | xargs
    rm -f error.log
}
back() { git reset --quiet --hard "$base" && git clean --quiet --force -d; }
# claim NAME WANTED FOUND
claim() {
    if [[ $3 == "$2" ]]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'drv-paths: %s: changes "%s", and should change "%s"\n' "$1" "$3" "$2"
    fi
    back
}

base=$(git rev-parse HEAD)
nix=("$@")
paths "${nix[@]}" >"$copy.before"
trap 'rm -rf "$copy" "$copy.before" "$copy.after"' EXIT
rm -f error.log

executables='muslin-amd64 muslin-arm64'
images='image-amd64 image'
deps='deps-amd64 deps-arm64'

revise 1111111111111111111111111111111111111111
claim 'a new revision' "$images" "$(changed "${nix[@]}")"

printf '\n// Edited.\n' >>src/main.rs
claim 'an edit of src/main.rs' "$executables $images" "$(changed "${nix[@]}")"

printf '\nEdited.\n' >>README.md
mkdir -p .github docs && printf 'Edited.\n' >docs/edited.md && printf 'edited\n' >.github/edited
claim 'an edit of the documents' "" "$(changed "${nix[@]}")"

version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
sed -i "0,/^version = \"$version\"/s//version = \"99.0.0\"/" Cargo.toml
sed -i "/^name = \"muslin\"/{n;s/.*/version = \"99.0.0\"/}" Cargo.lock
claim 'a new version' "$executables $images" "$(changed "${nix[@]}")"

sed -i 's/^codegen-units = 1/codegen-units = 2/' Cargo.toml
claim 'an edit of the profile' "$deps $executables $images" "$(changed "${nix[@]}")"

sed -i '/^name = "itoa"/{n;s/.*/version = "0.0.1"/}' Cargo.lock
claim "an edit of a dependency's version" "$deps $executables $images" "$(changed "${nix[@]}")"

# Broken on purpose: the comparison must find it.
# shellcheck disable=SC2016 # It is Nix that is to read it.
sed -i 's/inherit mask commonArgs;/inherit commonArgs; mask = mask \/\/ { lock = lock + "# ${toString args.revision}"; };/' nix/outputs.nix
commit broken
base=$(git rev-parse HEAD)
paths "${nix[@]}" >"$copy.before"
rm -f error.log
revise 1111111111111111111111111111111111111111
claim 'a new revision, with the revision let into the dependency layer' "$deps $executables $images" "$(changed "${nix[@]}")"
printf 'drv-paths: %d passed, %d failed\n' "$passed" "$failed"
[[ $failed -eq 0 ]]
