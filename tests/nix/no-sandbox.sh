#!/usr/bin/env bash
# no-sandbox.sh: without a sandbox, in a build directory of another name than the
# dependencies were built in, the package alone is compiled, and the executable has the
# bytes that it has with one.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

nix build --no-link .#muslin-amd64
# --rebuild compares the bytes.
TMPDIR=$work nix build --no-link --rebuild --print-build-logs --option sandbox false .#muslin-amd64 2>"$work/log" || {
    cat "$work/log"
    exit 1
}
compiled=$(sed -n 's/.* Compiling \([a-z0-9_-]*\) .*/\1/p' "$work/log" | sort --unique | xargs)
if [[ $compiled != 'muslin' ]]; then
    printf 'no-sandbox: "%s" was compiled, and should have been "muslin"\n' "$compiled"
    exit 1
fi
printf 'no-sandbox: only %s was compiled, to the same bytes\n' "$compiled"
