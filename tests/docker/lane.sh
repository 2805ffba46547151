#!/usr/bin/env bash
# shellcheck disable=SC2016 # Dollars and backticks of others.
# lane.sh: images of the Docker lane are those of the cargo lane, and what a change rebuilds is
# what docs/guides/docker.md says.
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/docker/common.sh

make_app
"$MUSLIN" init docker "$work/app" --check >&2 || fail 'the files are not up to date just after they were written'

# muslin itself, for the list of crates.
mkdir -p "$work/muslin/usr/local/bin"
cp "$MUSLIN" "$work/muslin/usr/local/bin/"
tar --directory "$work/muslin" --create . | docker import - localhost/muslin:stand-in >/dev/null

arguments=(--build-arg MUSLIN_IMAGE=localhost/muslin:stand-in --build-arg VERSION=9.9.9 --build-arg COMMIT_SHA=abc123)
build first --tag sample:amd64 --platform linux/amd64 "${arguments[@]}" || { tail -n 30 "$work/first" >&2; fail 'the build for linux/amd64 fails'; }
grep -q 'Compile requests' "$work/first" || fail 'there are no statistics of sccache in the log'
# What builds knows nothing of the platform: the second one is there already.
build second --tag sample:arm64 --platform linux/arm64 "${arguments[@]}" || { tail -n 30 "$work/second" >&2; fail 'the build for linux/arm64 fails'; }
rebuilt second "$cook" no
rebuilt second "$compile" no
say 'the second platform compiles nothing'

VERSION=9.9.9 COMMIT_SHA=abc123 "$MUSLIN" build "$work/app" --locked --sccache off --to "oci:$work/cargo:latest" >/dev/null

for arch in amd64 arm64; do
    case $arch in
        amd64) triple=x86_64-unknown-linux-musl ;;
        arm64) triple=aarch64-unknown-linux-musl ;;
    esac
    mkdir -p "$work/$arch"
    container=$(docker create --platform "linux/$arch" "sample:$arch")
    docker export "$container" | tar --directory "$work/$arch" --extract
    docker rm "$container" >/dev/null
    for binary in sample helper; do
        cmp "$work/$arch/usr/local/bin/$binary" "$work/app/target/muslin-executables/$triple/$binary" ||
            fail "\`$binary\` for $arch is not that of the cargo lane"
    done
    [[ $(<"$work/$arch/usr/share/sample/asset.txt") == 'an asset' ]] || fail "the files of the description are not in the image for $arch"
    # What may differ: dates, layers, and what the engine says of itself.
    shown='.architecture as $a | .os as $o | .config | {
        architecture: $a, os: $o, User, WorkingDir, Entrypoint, Cmd, StopSignal, Labels,
        Env: (.Env | sort), ExposedPorts: (.ExposedPorts | keys), Volumes: (.Volumes | keys)
    }'
    docker save "sample:$arch" >"$work/saved.tar"
    config=$(tar --extract --to-stdout --file "$work/saved.tar" manifest.json | jq --raw-output '.[0].Config')
    tar --extract --to-stdout --file "$work/saved.tar" "$config" | jq --sort-keys "$shown" >"$work/docker-$arch.json"
    skopeo --override-arch "$arch" inspect --config --raw "oci:$work/cargo:latest" | jq --sort-keys "$shown" >"$work/cargo-$arch.json"
    diff --unified "$work/cargo-$arch.json" "$work/docker-$arch.json" || fail "the configs for $arch differ"
    size=$(stat --format %s "$work/saved.tar")
    [[ $size -lt 15000000 ]] || fail "the image for $arch has $size bytes"
    say "$arch: the executables have the same bytes in both lanes, the configs are equal, $size bytes"
done

wanted="42 /workspace/src/native.c Jan  1 1980"
said=$(docker run --rm --network none sample:amd64)
[[ $said == "$wanted --say it's \"quoted\"" ]] || fail "the container says \`$said\`"
if command -v qemu-aarch64-static >/dev/null; then
    said=$(qemu-aarch64-static "$work/arm64/usr/local/bin/sample")
    [[ $said == "$wanted " ]] || fail "the executable for arm64 says \`$said\`"
fi
[[ $(stat --format %a "$work/amd64/tmp") == 1777 ]] || fail 'not everyone may write to /tmp'

# What changed, and what is rebuilt: the table of docs/guides/docker.md.
build nothing "${arguments[@]}"
rebuilt nothing "$cook" no
rebuilt nothing "$compile" no

build arguments --tag sample:arguments --build-arg MUSLIN_IMAGE=localhost/muslin:stand-in --build-arg VERSION=10.0.0 --build-arg COMMIT_SHA=
rebuilt arguments "$cook" no
rebuilt arguments "$compile" no
label() { docker inspect --format "{{index .Config.Labels \"org.opencontainers.image.$1\"}}" sample:arguments; }
[[ $(label version) == 10.0.0 ]] || fail 'VERSION does not reach the label'

# An argument without a value is no version.
build empty --tag sample:arguments --build-arg VERSION= --build-arg MUSLIN_IMAGE=localhost/muslin:stand-in
[[ $(label version) == 1.2.3 ]] || fail "an empty VERSION makes the version \`$(label version)\`"

echo 'A document' >"$work/app/README.md"
build document "${arguments[@]}"
rebuilt document "$cook" no
rebuilt document "$compile" yes
echo '/README.md' >>"$work/app/.dockerignore"
build ignored "${arguments[@]}"
echo 'Another' >>"$work/app/README.md"
build ignored "${arguments[@]}"
rebuilt ignored "$compile" no

sed -i 's/helper/Helper/' "$work/app/src/bin/helper.rs"
build source "${arguments[@]}"
rebuilt source "$cook" no
rebuilt source "$compile" yes

sed -i 's/42/43/' "$work/app/part/src/lib.rs"
build member "${arguments[@]}"
rebuilt member "$cook" no
rebuilt member "$compile" yes

sed -i 's/^version = "1.2.3"/version = "1.2.4"/' "$work/app/Cargo.toml"
(cd "$work/app" && cargo generate-lockfile --quiet --offline)
if "$MUSLIN" init docker "$work/app" --check >"$work/check"; then
    fail 'a version that the Dockerfile does not have is not found'
fi
"$MUSLIN" init docker "$work/app" >&2
build release "${arguments[@]}"
rebuilt release "$cook" no
rebuilt release "$compile" yes

sed -i 's/^itoa = "1"/itoa = "1"\ncfg-if = "1"/' "$work/app/Cargo.toml"
(cd "$work/app" && cargo generate-lockfile --quiet)
build dependency "${arguments[@]}"
rebuilt dependency "$cook" yes
rebuilt dependency "$compile" yes
say 'what is rebuilt is what the guide says'

build debian --target runtime-debian --build-arg "DEBIAN_IMAGE=$BASE" "${arguments[@]}" --tag sample:debian
[[ $(docker run --rm --network none --entrypoint /bin/sh sample:debian -c /usr/local/bin/helper) == 'Helper 43' ]] ||
    fail 'runtime-debian has no shell, or not the executables'
say 'runtime-debian has a shell'
