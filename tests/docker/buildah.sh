#!/usr/bin/env bash
# buildah.sh: `buildah build` builds the same Dockerfile, with the same executables.
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/docker/common.sh

command -v buildah >/dev/null || {
    say 'skipped: no buildah'
    exit 77
}
make_app
storage=(--root "$work/storage" --runroot "$work/run")
trap 'buildah "${storage[@]}" rm --all >/dev/null 2>&1; umount --quiet "$work/storage/overlay" 2>/dev/null; rm -rf "$work"' EXIT
docker save "$BASE" >"$work/base.tar"
buildah "${storage[@]}" pull --quiet "docker-archive:$work/base.tar" >/dev/null
rm "$work/base.tar"
for arch in amd64 arm64; do
    buildah "${storage[@]}" build --isolation chroot --network host --layers --platform "linux/$arch" \
        --build-arg "RUST_IMAGE=$BASE" --build-arg RUST_VERSION= --target runtime \
        --volume /etc/resolv.conf:/etc/resolv.conf:ro \
        --tag "sample:$arch" "$work/app" >"$work/$arch.log" 2>&1 || { tail -n 20 "$work/$arch.log" >&2; fail "the build for $arch fails"; }
    buildah "${storage[@]}" push --quiet "sample:$arch" "oci:$work/$arch:latest"
    [[ $(skopeo --override-arch "$arch" inspect --config --raw "oci:$work/$arch:latest" | jq --raw-output '.architecture + " " + .config.User') == "$arch 1000:1000" ]] ||
        fail "the config for $arch is another"
done
"$MUSLIN" inspect "oci:$work/arm64" >&2
