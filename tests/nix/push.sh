#!/usr/bin/env bash
# push.sh: an image with several tags is pushed under each, from a machine that has no
# /etc/containers and no configuration in HOME; and by hand, as the guide says.
#
# Ends with 77 where this user may not mount over /etc/containers.
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/nix/registry.sh
source "$here/tests/nix/registry.sh"

unshare --mount true 2>/dev/null || {
    echo 'push: this user may not mount'
    exit 77
}
work=$(mktemp -d)
clean_up() {
    [[ -z $registry ]] || kill "$registry" || true
    rm -rf "$work"
}
trap clean_up EXIT
fail() {
    printf 'push: %s\n' "$1"
    exit 1
}
name=127.0.0.1:$port/team/sample
# shellcheck source=/dev/null
source "$here/tests/nix/sample.sh" "[package.metadata.muslin]
image = \"$name\"
tags = [\"1.0\", \"latest\"]"

start_registry "$work"

nix build --out-link "$work/result" .#image
digest=$(jq --raw-output '.manifests[0].digest' "$work/result/index.json")
[[ $(jq '.manifests | length' "$work/result/index.json") -eq 2 ]] || fail 'the layout does not have an entry for each tag'
push=$(nix eval --raw .#apps."$(nix-instantiate --eval --expr builtins.currentSystem | tr --delete '"')".push.program)
# Builds it, and then refuses a reference that names no registry.
nix run .#push -- nowhere 2>/dev/null && fail 'a reference without a registry was pushed to'
# bare COMMAND…: run it where nothing configures containers.
bare() {
    # shellcheck disable=SC2016 # The inner shell expands it.
    unshare --mount sh -c 'if [ -d /etc/containers ]; then mount -t tmpfs none /etc/containers; fi; exec "$@"' sh \
        env --ignore-environment PATH="$PATH" HOME="$work/home" "$@"
}
mkdir "$work/home"
bare "$push" --insecure >"$work/pushed" || fail 'the push failed'
diff "$work/pushed" <(printf '%s@%s\n' "$name:1.0" "$digest" "$name:latest" "$digest") || fail 'push prints other references'
printf 'push: two tags, from a machine without configuration\n'

skopeo copy --quiet --all --preserve-digests --dest-tls-verify=false "oci:$work/result:1.0" "docker://$name:by-hand"
[[ sha256:$(skopeo inspect --raw --tls-verify=false "docker://$name:by-hand" | sha256sum | cut --fields=1 --delimiter=' ') == "$digest" ]] ||
    fail 'by hand, another image was pushed'
printf 'push: by hand, with the name of an entry\n'
