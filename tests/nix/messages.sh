#!/usr/bin/env bash
# messages.sh: every folder of fixtures/wrong ends in the words of its file `message`.
# With UPDATE=1 the files are written.
set -euo pipefail
cd "$(dirname "$0")/../.."

passed=0 failed=0
errors=$(mktemp)
trap 'rm -f "$errors"' EXIT
for folder in tests/nix/fixtures/wrong/*/; do
    folder=${folder%/} name=${folder##*/}
    # What names a file that cannot be parsed stands in the trace, which old versions hide.
    if nix eval --show-trace ".#checks.x86_64-linux.drv-paths.wrong.$name" >/dev/null 2>"$errors"; then
        said='(nothing: it was evaluated)'
    else
        said=$(sed -n -E 's/^ *(error: |… )(muslin: .*)/\2/p' "$errors" | tail -n 1)
    fi
    [[ -z ${UPDATE-} ]] || printf '%s\n' "$said" >"$folder/message"
    if [[ $said == "$(cat "$folder/message" 2>/dev/null)" ]]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'messages: %s says\n  %s\nand should say\n  %s\n' "$name" "$said" "$(cat "$folder/message")"
    fi
done
printf 'messages: %d passed, %d failed\n' "$passed" "$failed"
[[ $failed -eq 0 && $passed -gt 0 ]]
