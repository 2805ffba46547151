#!/usr/bin/env bash
# linker.sh: musl-gcc links where it is asked for, with the standard library that rustup has.
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/docker/common.sh

docker run --rm --network none "$BASE" sh -c '[ -d "$(rustc --print target-libdir --target x86_64-unknown-linux-musl)/self-contained" ]' || {
    say 'skipped: this Rust has a standard library for musl without start files, which a linker other than zig needs'
    exit 77
}
make_app
amd64=(--build-arg 'PLATFORMS=linux/amd64=x86_64-unknown-linux-musl')
build gcc --tag sample:gcc --build-arg LINKER=musl-gcc "${amd64[@]}" || { tail -n 20 "$work/gcc" >&2; fail 'the build fails'; }
said=$(docker run --rm --network none sample:gcc)
[[ $said == '42 '*' Jan  1 1980 --say '* ]] || fail "the container says \`$said\`"
say "musl-gcc: the container says \`$said\`"

# refuses LINE ARGUMENTS...
refuses() {
    ! build refused "${@:2}" || fail "a build with ${*:2} succeeds"
    grep -qF -- "$1" "$work/refused" || { tail -n 5 "$work/refused" >&2; fail "it does not say \`$1\`"; }
}
refuses 'error: musl-gcc links for x86_64, the machine that builds, and not for aarch64-unknown-linux-musl' --build-arg LINKER=musl-gcc
refuses 'error: LINKER is zig or musl-gcc, and not ld' --build-arg LINKER=ld "${amd64[@]}"
