#!/usr/bin/env bash
# sccache.sh: a storage of sccache is used where it answers; where it does not, the build goes on
# and says so.
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/docker/common.sh

make_app
redis=
end_redis() { [[ ! $redis ]] || kill "$redis" 2>/dev/null || true; }
trap 'end_redis; rm -rf "$work"' EXIT

# compile NAME FLAG [VARIABLE]: compiles dependencies with the secret $work/secret. No layer of a
# build with another flag or variable is used.
compile() {
    build "$1" --secret "id=sccache,src=$work/secret" --target builder --build-arg "BUILD_RUSTFLAGS=--cfg $2" \
        --build-arg "BUILD_ENVIRONMENT=CARGO_PROFILE_RELEASE_STRIP=symbols ${3-}" ||
        { tail -n 15 "$work/$1" >&2; fail "$1: the build fails"; }
}
hits() { grep 'Cache hits  ' "$work/$1" | head -n 1 | sed 's/.* //'; }

echo 'SCCACHE_REDIS_ENDPOINT=redis://127.0.0.1:9' >"$work/secret"
compile 'a storage that is down' down
grep -q 'warning: this storage of sccache cannot be used, the cache mount is' "$work/a storage that is down" ||
    fail 'nothing is said of a storage that is down'
say 'a storage that is down: the build goes on, and says so'

# A server that answers rubbish.
python3 -c '
import socket, threading
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
while True:
    client, _ = server.accept()
    client.sendall(b"rubbish\r\n" * 100)
    client.close()
' >"$work/port" &
rubbish=$!
trap 'kill $rubbish 2>/dev/null; end_redis; rm -rf "$work"' EXIT
until [[ -s $work/port ]]; do sleep 0.1; done
echo "SCCACHE_REDIS_ENDPOINT=redis://127.0.0.1:$(<"$work/port")" >"$work/secret"
compile 'a storage that answers rubbish' rubbish
say 'a storage that answers rubbish: the build goes on'

# Two builds at once on one cache mount, of which none takes a layer of the other.
: >"$work/secret"
compile 'one of two' one &
first=$!
compile 'the other of two' other
wait "$first" || fail 'one of two builds at once fails'
say 'two builds at once on one cache mount: both end'

# In a container, where the folder of the mount can be a disk of its own.
build toolchain --target planner --tag sample:planner || fail 'the image of the planner cannot be made'
docker run --rm --network host --tmpfs /var/cache/sccache:rw,size=128k sample:planner sh -ec '
    cp /plan/config.toml /usr/local/cargo/config.toml
    head -c 1M /dev/zero >/var/cache/sccache/filler 2>/dev/null || true
    LINKER=zig PLATFORMS=linux/amd64=x86_64-unknown-linux-musl cargo-for-platforms build --locked --release
' >"$work/full disk" 2>&1 || { tail -n 15 "$work/full disk" >&2; fail 'a full disk for the cache: the build fails'; }
grep -q 'Cache write errors  *[1-9]' "$work/full disk" || { cat "$work/full disk" >&2; fail 'a full disk: the cache was written'; }
say 'a full disk for the cache: the build goes on'

command -v redis-server >/dev/null || {
    say 'skipped: no redis-server'
    exit 77
}
# Builds reach it over the network alone.
port=$(python3 -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
redis-server --bind 127.0.0.1 --port "$port" --save '' --dir "$work" >"$work/redis.log" &
redis=$!
echo "SCCACHE_REDIS_ENDPOINT=redis://127.0.0.1:$port" >"$work/secret"
compile 'first machine' redis
# Another machine has none of these layers, and the cache mount is not used beside Redis.
compile 'second machine' redis OTHER=machine
rebuilt 'second machine' "$cook" yes
say "redis: $(hits 'first machine') hits on the first machine, $(hits 'second machine') on the second"
[[ $(hits 'second machine') -gt $(hits 'first machine') ]] || fail 'the second machine has no hits'
! grep -rqF "$port" <(docker history --no-trunc "$(docker images --quiet | head -n 1)") || fail 'the secret is in the history of an image'
