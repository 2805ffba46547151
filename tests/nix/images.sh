#!/usr/bin/env bash
# images.sh: both images are loaded into Docker and run, here or under qemu-user; the
# image of both platforms is pushed to a registry on this machine and pulled back.
set -euo pipefail
cd "$(dirname "$0")/../.."

# shellcheck source=tests/nix/registry.sh
source tests/nix/registry.sh

# Short: a socket's path may have 107 bytes.
work=$(mktemp --directory)
processes=()
end() {
    local process
    for process in $registry ${processes[@]+"${processes[@]}"}; do
        kill "$process" 2>/dev/null || true
        wait "$process" 2>/dev/null || true
    done
    rm -rf "$work"
}
trap end EXIT
fail() {
    printf 'images: %s\n' "$1"
    exit 1
}
# wait_for SECONDS COMMAND...
wait_for() {
    local until=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [[ $SECONDS -lt $until ]] || return 1
        sleep 0.2
    done
}

docker=(docker)
if ! docker info >/dev/null 2>&1; then
    docker=(docker --host "unix://$work/docker.sock")
    dockerd --iptables=false --bridge=none --data-root "$work/data" --exec-root "$work/exec" \
        --pidfile "$work/pid" --host "unix://$work/docker.sock" >"$work/dockerd.log" 2>&1 &
    processes+=($!)
    wait_for 60 "${docker[@]}" info || fail "dockerd does not start: $(tail -n 1 "$work/dockerd.log")"
fi
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)

for arch in amd64 arm64; do
    nix build --out-link "$work/image-$arch" ".#image-$arch"
    nix build --out-link "$work/executable-$arch" ".#muslin-$arch"
    "${docker[@]}" load --quiet --input "$work/image-$arch" >/dev/null
    [[ $("${docker[@]}" image inspect --format '{{.Architecture}}' muslin:latest) == "$arch" ]] ||
        fail "Docker takes image-$arch for another architecture"
    case $(uname -m)-$arch in
        x86_64-amd64 | aarch64-arm64)
            said=$("${docker[@]}" run --rm --network none --read-only --entrypoint /usr/local/bin/muslin muslin:latest --version)
            [[ $said == "muslin $version" ]] || fail "the container for $arch says \`$said\`"
            printf 'images: %s runs in Docker\n' "$arch"
            ;;
        *)
            said=$(tests/nix/run-on.sh "$arch" "$work/executable-$arch/bin/muslin" --version)
            [[ $said == "muslin $version" ]] || fail "the executable for $arch says \`$said\`"
            printf 'images: %s runs under qemu-user\n' "$arch"
            ;;
    esac
done

start_registry "$work"
name=127.0.0.1:$port/team/muslin

# As the workflow does it: a job for each architecture, and one that needs both.
export RUNNER_TEMP=$work/runner
mkdir "$RUNNER_TEMP"
for arch in amd64 arm64; do
    scripts/nix-image "$arch" "$work/store" 2>"$work/job.log" || fail "nix-image $arch: $(tail -n 3 "$work/job.log")"
done
scripts/nix-push --insecure "$work/store" "${name^^}" 1.0 latest >"$work/pushed" 2>"$work/push.log" || fail "nix-push: $(tail -n 3 "$work/push.log")"
[[ $(grep --count --extended-regexp '(within|over)$' "$RUNNER_TEMP/timings.tsv") -eq 8 ]] || fail "the timings are $(cat "$RUNNER_TEMP/timings.tsv")"

nix build --out-link "$work/image" .#image
digest=$(jq --raw-output '.manifests[0].digest' "$work/image/index.json")
diff "$work/pushed" <(printf '%s@%s\n' "$name:1.0" "$digest" "$name:latest" "$digest") || fail 'push prints other references'
skopeo copy --quiet --all --preserve-digests --src-tls-verify=false "docker://$name@$digest" "oci:$work/back:latest"
[[ $(jq --raw-output '.manifests[0].digest' "$work/back/index.json") == "$digest" ]] || fail 'what was pulled back is not what was pushed'
platforms=$(jq --raw-output '.manifests[].platform | .os + "/" + .architecture' "$work/back/blobs/sha256/${digest#sha256:}" | xargs)
[[ $platforms == 'linux/amd64 linux/arm64' ]] || fail "the index names $platforms"
printf 'images: pushed by digest and two tags, and pulled back: %s\n' "$digest"

# A reference that cannot be pushed to ends in one line and exit 2.
for wrong in muslin "$name@$digest" 'ghcr.io/OWNER/muslin'; do
    status=0
    nix run .#push -- "$wrong" >/dev/null 2>"$work/push.log" || status=$?
    [[ $status -eq 2 && $(wc --lines <"$work/push.log") -eq 1 ]] || fail "push to $wrong ends with $status: $(cat "$work/push.log")"
done
printf 'images: three references that name no place are refused\n'
