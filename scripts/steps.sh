# shellcheck shell=bash disable=SC2154 # Who sources this sets them.
# The steps of a check, for scripts to source: each is run, or skipped by name and counted.
#
# Who sources it sets `check`, the name that its lines begin with, and `only`, words that the names
# of the wanted steps begin with (none: all). `passed`, `failed` and `skipped` are what was found.

passed=0 failed=() skipped=()

skip() { skipped+=("$1 ($2)"); }

chosen() {
    [[ ${#only[@]} -gt 0 ]] || return 0
    local name
    for name in "${only[@]}"; do
        [[ $1 != "$name"* ]] || return 0
    done
    return 1
}

# Whether CHECK_UNTIL, in seconds since 1970, is past: no step is begun then.
is_too_late() { [[ ${CHECK_UNTIL-} && $(date +%s) -ge $CHECK_UNTIL ]]; }

# step NAME COMMAND...: a command that ends with 77 has said what it lacks.
step() {
    local name=$1 start=$SECONDS status=0
    shift
    if ! chosen "$name"; then
        skip "$name" 'not asked for'
        return 0
    fi
    if is_too_late; then
        skip "$name" 'no time left'
        return 0
    fi
    printf '%s: %s\n' "$check" "$name" >&2
    "$@" || status=$?
    case $status in
        0)
            passed=$((passed + 1))
            printf '%s: %s: %d s\n' "$check" "$name" "$((SECONDS - start))" >&2
            ;;
        77) skip "$name" 'said above' ;;
        *) failed+=("$name") ;;
    esac
}
