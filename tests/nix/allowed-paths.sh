#!/usr/bin/env bash
# allowed-paths.sh: the check of executables finds paths of the build, and leaves out the
# strings that `allowedPaths` lists.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/bin"
# The beginning of an ELF file for x86-64, and two strings side by side.
{
    printf '\x7fELF\x02\x01\x01'
    head --bytes 9 /dev/zero
    printf '\x03\x00\x3e\x00.dep-v0\x00/build/assets/app.jsand more\x00src/build/main.rs\x00'
} >"$work/bin/app"
chmod +x "$work/bin/app"

# check ALLOWED: runs the check, and prints what it says.
check() {
    env executable="$work" bins=app architecture=amd64 searchesPaths=1 allowedPaths="$1" \
        NIX_BUILD_TOP=/tmp/nowhere bash nix/checks/executable.sh 2>&1
}
passed=0
# expect ALLOWED STATUS
expect() {
    local status=0 said
    said=$(check "$1") || status=$?
    if [[ $status -ne $2 ]]; then
        printf 'allowed-paths: with "%s" the check ends with %d: %s\n' "$1" "$status" "$said"
        exit 1
    fi
    passed=$((passed + 1))
}
expect '' 1
expect $'/build/assets/app.js' 0
expect $'/elsewhere\n/build/assets/' 0
expect '/build/other' 1
said=$(check '') || true
[[ $said == *'contains a path of the build: /build/assets/app.jsand'*'allowedPaths'* ]] || {
    printf 'allowed-paths: the message is: %s\n' "$said"
    exit 1
}
printf 'allowed-paths: %d lists, and the message\n' "$passed"
