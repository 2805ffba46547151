#!/usr/bin/env bash
# shellcheck disable=SC2016 # Dollars and backticks of others.
# messages.sh: what people do wrong ends a build with one clear line.
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/docker/common.sh

# refuses NAME LINE ARGUMENTS...: the build fails and says LINE.
refuses() {
    local name=$1 line=$2
    shift 2
    ! build "$name" "$@" || fail "$name: the build succeeds"
    # What the step printed, and not the step itself.
    sed -n 's/^#[0-9]* [0-9]*\.[0-9]* //p' "$work/$name" | grep -F -- "$line" >"$work/said" || {
        tail -n 15 "$work/$name" >&2
        fail "$name: the build does not say \`$line\`"
    }
    say "$name: $(head -n 1 "$work/said")"
}

make_app
refuses 'an unknown platform' 'error: nothing is built for linux/riscv64; PLATFORMS has linux/amd64=' --platform linux/riscv64
refuses 'a binary that does not exist' 'no bin target named `nothing`' --build-arg BINARIES=nothing \
    --build-arg 'BUILD_ARGUMENTS=--package sample --bin nothing --profile release'
refuses 'a target without a standard library' 'has no standard library for riscv64gc-unknown-linux-musl' \
    --platform linux/riscv64 --build-arg 'PLATFORMS=linux/riscv64=riscv64gc-unknown-linux-musl'

sed -i 's/^itoa = "1"/itoa = "1"\ncfg-if = "1"/' "$work/app/Cargo.toml"
refuses 'a lock file that is out of date' 'because --locked was passed'
mv "$work/app/Cargo.lock" "$work/Cargo.lock"
refuses 'no lock file' 'error: there is no Cargo.lock in the build context'
mv "$work/app/Cargo.toml" "$work/Cargo.toml"
refuses 'no manifest' 'error: there is no Cargo.toml in the build context'

# What muslin itself says.
mv "$work/Cargo.toml" "$work/app/Cargo.toml"
echo 'FROM scratch' >"$work/app/Dockerfile"
! "$MUSLIN" init docker "$work/app" 2>"$work/said" || fail 'a Dockerfile of somebody else is replaced'
grep -q 'is not of muslin: it has no lines between' "$work/said" || fail "muslin says \`$(<"$work/said")\`"
[[ $(<"$work/app/Dockerfile") == 'FROM scratch' ]] || fail 'a Dockerfile of somebody else was changed'
