# shellcheck shell=bash disable=SC2154 # The derivation sets these variables.
# Link an empty program, so that zig compiles its C library into the output, and record the
# variables that cargo-zigbuild sets: its wrappers stay in the output, too.
mkdir -p empty/src "$out/wrappers"
cd empty || exit
printf 'fn main() {}\n' >src/main.rs
cp "$manifest" Cargo.toml
export CARGO_HOME="$PWD/.cargo-home" CARGO_ZIGBUILD_CACHE_DIR="$out/wrappers"
export muslinZigCacheOut="$out/zig-cache"
mkdir -p "$CARGO_HOME"
# A module `ziglang` of a python3 on PATH would come before it.
CARGO_ZIGBUILD_ZIG_COMMAND=$(type -P zig) && export CARGO_ZIGBUILD_ZIG_COMMAND
# shellcheck source=/dev/null
source "$preBuild"
cargo generate-lockfile --offline

# cargo-zigbuild calls $CARGO with its variables set.
cat >record <<'END'
#!/bin/sh
env -0 >"$muslinRecorded"
exec cargo "$@"
END
chmod +x record
export muslinRecorded="$PWD/recorded"
env -0 | sort --zero-terminated >before
# shellcheck disable=SC2086 # Several arguments.
eval "CARGO=$PWD/record cargo-zigbuild zigbuild $muslinCargoArgs"
sort --zero-terminated recorded | comm --zero-terminated -13 before - |
    while IFS= read -r -d '' variable; do
        case ${variable%%=*} in
            CARGO | PWD | OLDPWD | SHLVL | _) ;;
            *) printf 'export %s=%q\n' "${variable%%=*}" "${variable#*=}" ;;
        esac
    done >"$out/environment.sh"

# Arguments for C compilers come by a variable that neither the cc crate nor CMake sees, one
# a line: paths in CFLAGS, which the cc crate watches, would compile C code again elsewhere.
# shellcheck disable=SC2016 # The wrapper expands it.
find "$out/wrappers" -type f \( -name 'zigcc-*' -o -name 'zigcxx-*' \) -exec \
    sed --in-place '0,/^exec /s//IFS="\n"; set -f; set -- ${muslinCArguments-} "$@"; set +f; unset IFS\nexec /' {} +
