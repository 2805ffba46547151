#!/usr/bin/env bash
# several.sh: two images of one workspace are built on one layer of dependencies, run, and
# are pushed to a registry on this machine with one command; and checks of the code run.
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=tests/nix/registry.sh
source "$here/tests/nix/registry.sh"

work=$(mktemp --directory)
end() {
    [[ -z $registry ]] || kill "$registry" 2>/dev/null || true
    rm -rf "$work"
}
trap end EXIT
fail() {
    printf 'several: %s\n' "$1"
    exit 1
}
system=$(nix-instantiate --eval --expr builtins.currentSystem | tr --delete '"')

cp -r "$here/tests/nix/fixtures/several" "$work/app"
cd "$work/app"
sed -i "s|registry.example|127.0.0.1:$port|" crates/*/Cargo.toml
cat >flake.nix <<NIX
{
  inputs.muslin.url = "git+file://$here";
  outputs = { self, muslin }: muslin.lib.mkFlake {
    inherit self;
    src = self;
    images = {
      server.package = "crates/server";
      worker.package = "crates/worker";
      migrate = {
        package = "crates/server";
        bins = [ "migrate" ];
        image = "127.0.0.1:$port/team/migrate";
      };
    };
    checks = [ "clippy" "fmt" "test" "doctest" ];
  };
}
NIX
git init --quiet
git add --all
nix flake lock
git add --all
git -c user.name=test -c user.email=test@localhost commit --quiet --message workspace

nix build --print-build-logs --no-link .#deps-amd64 .#deps-arm64
# What an image compiles besides is its own package; a member that several depend on is
# compiled once for each platform.
nix build --print-build-logs --no-link .#server-image .#worker-image .#migrate-image 2>"$work/log" || {
    tail -n 50 "$work/log"
    fail 'the images are not built'
}
compiled=$(sed -n 's/^\(server\|worker\|migrate\)[^>]*>.* Compiling \([a-z0-9_-]*\) .*/\2/p' "$work/log" | sort --unique | xargs)
[[ $compiled == 'server worker' ]] ||
    fail "the images compile \"$compiled\", and should compile \"server worker\""
shared=$(grep -c 'Compiling sample-core ' "$work/log")
[[ $shared == 2 ]] || fail "the member that all images share is compiled $shared times, and should be once for each of the two platforms"
for bin in server worker migrate; do
    for arch in amd64 arm64; do
        nix build --out-link "$work/$bin" ".#$bin-$arch"
        said=$("$here/tests/nix/run-on.sh" "$arch" "$work/$bin/bin/$bin")
        case $bin in
            server | worker) [[ $said == "$bin 42 false" ]] ;;
            migrate) [[ $said == migrated ]] ;;
        esac || fail "$bin for $arch says \`$said\`"
    done
done
[[ $(nix run .#migrate) == migrated ]] || fail 'nix run .#migrate does not run it'
status=0
nix run . 2>"$work/log" || status=$?
# shellcheck disable=SC2016 # These backticks quote.
[[ $status -eq 1 && $(tail -n 1 "$work/log") == 'muslin: there are several images: `migrate`, `server`, `worker`'* ]] || fail "nix run says $(cat "$work/log")"
printf 'several: three images on one layer\n'

nix build --no-link --print-build-logs ".#checks.$system."{clippy,fmt,test,doctest} 2>"$work/log" || {
    tail -n 50 "$work/log"
    fail 'the checks of the code fail'
}
sed -i 's/"42"/"43"/' crates/core/src/lib.rs
! nix build --no-link ".#checks.$system.test" 2>/dev/null || fail 'a test that fails passes the check'
git checkout --quiet crates
printf 'several: checks of the code\n'

start_registry "$work"
nix run .#push -- --insecure >"$work/pushed" 2>"$work/log" || fail "push: $(tail -n 3 "$work/log")"
[[ $(sed 's/@.*//' "$work/pushed" | sort | xargs) == $(printf '%s\n' "127.0.0.1:$port/team/"{migrate,server,worker}:{1.2.3,latest} | sort | xargs) ]] ||
    fail "push prints $(cat "$work/pushed")"
nix run .#push-worker -- --insecure "127.0.0.1:$port/team/other:1" >"$work/pushed" 2>"$work/log" || fail "push-worker: $(tail -n 3 "$work/log")"
grep --quiet "^127.0.0.1:$port/team/other:1@sha256:" "$work/pushed" || fail "push-worker prints $(cat "$work/pushed")"
printf 'several: all images pushed, and one\n'
