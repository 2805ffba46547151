#!/usr/bin/env bash
# cache.sh: `.#cache` copied to a binary cache is all that a machine with an empty store
# needs: from a folder and over HTTP, the image of an edited source is built there, and
# the package alone is compiled.
#
# Ends with 77 where there is no nginx, or where this user may not build in another store.
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)

nginx=$(PATH=$PATH:/usr/sbin command -v nginx) || {
    echo 'cache: there is no nginx'
    exit 77
}
[[ $(id -u) -eq 0 ]] || {
    echo 'cache: only root builds in a store in another folder'
    exit 77
}
work=$(mktemp -d)
server=
clean_up() {
    if [[ $server ]]; then
        # Its files go with it, and not while they are counted below.
        kill "$server" || true
        wait "$server" || true
    fi
    chmod -R u+w "$work"
    rm -rf "$work"
}
trap clean_up EXIT
fail() {
    printf 'cache: %s\n' "$1"
    exit 1
}
# shellcheck source=/dev/null
source "$here/tests/nix/sample.sh"

# Compressing a toolchain takes minutes.
nix copy --to "file://$work/cache?compression=none" .#cache
printf '\n// Edited.\n' >>src/main.rs
commit edit
derivations=()
for arch in amd64 arm64; do
    derivations+=("$(nix eval --raw ".#image-$arch.drvPath")")
done

# build CACHE: build with an empty store, and check what was compiled.
build() {
    local store=$work/store-${1%%:*} compiled
    # Derivations and the source, and nothing that was built.
    nix copy --to "$store" --no-check-sigs --derivation "${derivations[@]}"
    nix-store --store "$store" --option substituters "$1" --option require-sigs false \
        --realise "${derivations[@]}" >/dev/null 2>"$work/log" || {
        tail -n 50 "$work/log"
        fail "the build with \`$1\` failed"
    }
    compiled=$(sed -n 's/.*Compiling \([a-z0-9_-]*\) .*/\1/p' "$work/log" | sort --unique | xargs)
    [[ $compiled == sample ]] || fail "with \`$1\`, \"$compiled\" was compiled, and should have been \"sample\""
    printf 'cache: %s: only %s was compiled\n' "${1%%:*}" "$compiled"
}

build "file://$work/cache"

cat >"$work/nginx.conf" <<CONF
daemon off;
pid $work/nginx.pid;
error_log $work/error.log;
events {}
http {
    access_log off;
    client_body_temp_path $work/body;
    proxy_temp_path $work/proxy;
    fastcgi_temp_path $work/fastcgi;
    uwsgi_temp_path $work/uwsgi;
    scgi_temp_path $work/scgi;
    server {
        listen 127.0.0.1:18743;
        root $work/cache;
    }
}
CONF
# Its workers are of another user.
chmod -R a+rX "$work/cache"
chmod a+x "$work"
"$nginx" -c "$work/nginx.conf" 2>"$work/error.log" &
server=$!
for _ in {1..50}; do
    [[ ! -e $work/nginx.pid ]] || break
    sleep 0.1
done
build http://127.0.0.1:18743
