#!/usr/bin/env bash
# push-arguments.sh: what the programs that push do with their arguments, without a
# registry: references that name no place are refused, and several images are pushed all
# or none.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
    printf 'push-arguments: %s\n' "$1"
    exit 1
}
for image in server worker; do
    # shellcheck disable=SC2016 # The program expands it.
    printf '#!/bin/sh\necho %s "$@"\n' "$image" >"$work/$image"
    chmod +x "$work/$image"
done
mkdir "$work/layout"
digest=sha256:0000000000000000000000000000000000000000000000000000000000000000
printf '{"manifests":[{"digest":"%s","annotations":{"org.opencontainers.image.ref.name":"1"}}]}' "$digest" >"$work/layout/index.json"

# push ARGUMENT...: with what ./mkPushApp.nix sets.
push() {
    {
        printf 'layout=%q policy=none references=\n' "$work/layout"
        cat nix/lib/image/push.sh
    } >"$work/program"
    bash "$work/program" "$@"
}
# push_all UNNAMED ARGUMENT...: with what ./mkPushAllApp.nix sets.
push_all() {
    {
        printf 'programs=%q names="server worker" unnamed=%q\n' "$work/server $work/worker" "$1"
        cat nix/lib/image/push-all.sh
    } >"$work/program"
    shift
    bash "$work/program" "$@"
}
# refuses COMMAND...: ends with 2 and one line, and has done nothing.
refuses() {
    local status=0
    "$@" >"$work/out" 2>"$work/log" || status=$?
    [[ $status -eq 2 && ! -s $work/out && $(wc --lines <"$work/log") -eq 1 ]] ||
        fail "\`$*\` ends with $status: $(cat "$work/log")"
}
refuses push
refuses push app
refuses push "ghcr.io/you/app@$digest"
refuses push ghcr.io/OWNER/app
refuses push_all worker
refuses push_all '' ghcr.io/you/app:1.0
[[ $(push_all '' --insecure) == $'server --insecure\nworker --insecure' ]] || fail 'push does not push all images'
printf 'push-arguments: 6 refusals, and all images\n'
