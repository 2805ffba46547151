# shellcheck shell=bash disable=SC2034 # Who sources this uses them.
# What the steps of scripts/docker-check share. $BASE is the stand-in for the image of Rust and
# $MUSLIN the program; $work is set here, and removed at the end.

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    printf '%s: %s\n' "$(basename "$0" .sh)" "$1" >&2
    exit 1
}
say() { printf '%s: %s\n' "$(basename "$0" .sh)" "$1" >&2; }

# A workspace in $work/app: two binaries, C code, a dependency, a member, and an image with
# everything that a description can say. Its Dockerfile is written by muslin.
make_app() {
    cp -r tests/docker/app "$work/app"
    (cd "$work/app" && cargo generate-lockfile --quiet && "$MUSLIN" init docker >&2)
}

# build LOG ARGUMENTS...: `docker build` in $work/app with its progress in $work/LOG. The
# BuildKit of Docker 20.10 has the syntax in it, so that the first line is not needed.
build() {
    local log=$work/$1
    shift
    sed 1d "$work/app/Dockerfile" >"$log.Dockerfile"
    docker build --network host --progress plain --file "$log.Dockerfile" \
        --build-arg "RUST_IMAGE=$BASE" --build-arg "RUST_VERSION=" "$@" "$work/app" >"$log" 2>&1
}

# Whether the step of a build whose command has $1 was taken from the cache, by the log $2.
is_cached() {
    local number
    number=$(grep -m1 -F -- "$1" "$work/$2" | sed -n 's/^#\([0-9]*\) .*/\1/p')
    [[ $number ]] || fail "no step has \`$1\` in the log of \`$2\`"
    grep -q "^#$number CACHED" "$work/$2"
}
cook='cargo-for-platforms cook'
compile='cargo-for-platforms build'

# rebuilt LOG STEP yes|no: fails unless that step ran, or did not.
rebuilt() {
    local found=yes
    ! is_cached "$2" "$1" || found=no
    [[ $found == "$3" ]] || {
        tail -n 20 "$work/$1" >&2
        fail "$1: \`$2\` ran: $found, wanted: $3"
    }
}
