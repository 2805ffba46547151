# Sourced: start_registry FOLDER starts a registry on this machine, of which all files are
# below FOLDER, and waits until it answers. Sets `port` before it starts, and `registry`, the
# process to end.
# shellcheck shell=bash disable=SC2034 # Read by who sources it.
port=$((20000 + RANDOM % 20000))
registry=
start_registry() {
    cat >"$1/registry.yml" <<CONFIG
version: 0.1
storage: { filesystem: { rootdirectory: $1/registry } }
http: { addr: "127.0.0.1:$port" }
CONFIG
    docker-registry serve "$1/registry.yml" >"$1/registry.log" 2>&1 &
    registry=$!
    local _
    for _ in {1..300}; do
        ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || return 0
        sleep 0.1
    done
    printf 'the registry does not start: %s\n' "$(tail -n 1 "$1/registry.log")"
    return 1
}
