#!/usr/bin/env bash
# drv-paths.sh: edits a copy of this repository in one thing after the other and
# compares what Nix would build with what it would have built before. Then breaks two
# properties on purpose, to show that the comparison finds it.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/copy"
git ls-files -z | tar --create --null --files-from=- | tar --extract --directory "$work/copy"
cd "$work/copy"
git init --quiet
commit() {
    git add --all
    git -c user.name=test -c user.email=test@localhost commit --quiet --allow-empty --message "$1"
}
# The revision is written down, because every edit is a commit of its own.
revise() { sed -i "s/inherit self;.*/inherit self; revision = \"$1\";/" flake.nix; }

# paths: the derivation of each output, one a line.
paths() {
    # shellcheck disable=SC2016 # It is Nix that is to read it.
    nix eval --raw .#packages.x86_64-linux --apply \
        'packages:
        let
          line = name: package: "${name} ${builtins.unsafeDiscardStringContext package.drvPath}";
          output = name: line name packages.${name};
          pathDeps = name: line "path-deps-${name}" packages."muslin-${name}".pathDeps;
        in
        builtins.concatStringsSep "\n" (
          map output [ "deps-amd64" "deps-arm64" ]
          ++ map pathDeps [ "amd64" "arm64" ]
          ++ map output [ "muslin-amd64" "muslin-arm64" "image-amd64" "image" ]
        )' 2>"$work/errors" || {
        cat "$work/errors" >&2
        exit 2
    }
}
# The state that edits are compared with.
rebase() {
    commit base
    base=$(git rev-parse HEAD)
    paths >"$work/before"
}
passed=0 failed=0
# claim NAME WANTED: what the edit since the base changes.
claim() {
    local found
    commit edit
    paths >"$work/after"
    found=$({ diff "$work/before" "$work/after" || true; } | sed -n 's/^> \([^ ]*\) .*/\1/p' | xargs)
    if [[ $found == "$2" ]]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'drv-paths: %s changes "%s", and should change "%s"\n' "$1" "$found" "$2"
    fi
    git reset --quiet --hard "$base" && git clean --quiet --force -d
}

executables='muslin-amd64 muslin-arm64'
images='image-amd64 image'
pathDeps='path-deps-amd64 path-deps-arm64'
deps="deps-amd64 deps-arm64 $pathDeps"

revise 0000000000000000000000000000000000000000
rebase

revise 1111111111111111111111111111111111111111
claim 'a new revision' "$images"

printf '\n// Edited.\n' >>src/main.rs
claim 'an edit of src/main.rs' "$executables $images"

printf '\n// Edited.\n' >>crates/oci/src/lib.rs
claim 'an edit of a path dependency' "$pathDeps $executables $images"

printf '\nEdited.\n' >>README.md
mkdir -p .github docs && printf 'Edited.\n' >docs/edited.md && printf 'edited\n' >.github/edited
claim 'an edit of the documents' ''

version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
sed -i "0,/^version = \"$version\"/s//version = \"99.0.0\"/" Cargo.toml
sed -i "/^name = \"muslin\"/{n;s/.*/version = \"99.0.0\"/}" Cargo.lock
claim 'a new version' "$pathDeps $executables $images"

sed -i '/^muslin-oci = /s/version = "[^"]*"/version = "99.0.0"/' Cargo.toml
sed -i '0,/^version = .*/s//version = "99.0.0"/' crates/oci/Cargo.toml
sed -i '/^name = "muslin-oci"/{n;s/.*/version = "99.0.0"/}' Cargo.lock nix/tools/Cargo.lock
claim 'a new version of a crate that the package asks for by version' "$pathDeps $executables $images"

sed -i 's/^opt-level = "s"/opt-level = "z"/' Cargo.toml
claim 'an edit of the profile' "$deps $executables $images"

sed -i '/^name = "itoa"/{n;s/.*/version = "0.0.1"/}' Cargo.lock
claim "an edit of a dependency's version" "$deps $executables $images"

sed -i 's/^default = .*/default = []/' Cargo.toml
claim 'an edit of the features' "$deps $executables $images"

# Broken on purpose, by overrides: each edit now changes too much, and the comparison
# must say so.
# break_with OVERRIDE: write an override of nix/lib into the flake.
break_with() { sed -i "s|inherit self;.*|&\n overrides = _final: prev: { $1 };|" flake.nix; }
break_with 'maskVersions = args: let masked = prev.maskVersions args; in masked // { cargoLock = masked.cargoLock + "# 0000000000000000000000000000000000000000"; };'
rebase
sed -i 's/0000000000000000000000000000000000000000/1111111111111111111111111111111111111111/' flake.nix
claim 'a new revision, with the revision let into the dependency layer,' "$deps $executables $images"

git reset --quiet --hard "$(git rev-list --max-parents=0 HEAD)"
revise 0000000000000000000000000000000000000000
break_with 'buildDeps = args: prev.buildDeps (args // { commonArgs = args.commonArgs // { muslinBroken = ./src; }; });'
rebase
printf '\n// Edited.\n' >>src/main.rs
claim 'an edit of src/main.rs, with the source let into the dependency layer,' "$deps $executables $images"

printf 'drv-paths: %d passed, %d failed\n' "$passed" "$failed"
[[ $failed -eq 0 ]]
