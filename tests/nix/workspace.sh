#!/usr/bin/env bash
# workspace.sh: the flake of templates/default, with the arguments that a workspace
# needs, builds a package with a git dependency, a member that it depends on by path, a
# build script in another folder with a proto, a patch that inherits its version from a
# workspace of its own, migrations, a template below docs, a member
# below tests, a version requirement on a member, a cargo config, a
# feature, extra labels, version and revision; and an edit of the source leaves the
# dependencies as they are.
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
    printf 'workspace: %s\n' "$1"
    exit 1
}
commit() {
    git add --all
    git -c user.name=test -c user.email=test@localhost commit --quiet --message "$1"
}

# A git dependency, served from a folder.
mkdir -p "$work/greeting/src" "$work/app"
cd "$work/greeting"
git init --quiet --initial-branch=main
printf '[package]\nname = "greeting"\nversion = "0.4.0"\nedition = "2021"\n' >Cargo.toml
printf 'pub fn hello() -> &%sstatic str { "hello" }\n' "'" >src/lib.rs
commit greeting

# A version that a mirror beside local inputs has.
itoa=$(sed -n '/^name = "itoa"/{n;s/version = "\(.*\)"/\1/p}' "$here/Cargo.lock")
cd "$work/app"
mkdir -p .cargo docs scripts crates/cli/src crates/cli/migrations crates/cli/proto crates/core/src tests/helper/src vendor/cfg-if/code/src
cat >Cargo.toml <<'TOML'
[workspace]
members = ["./crates/c*/", "tests/helper"]
exclude = ["vendor"]
resolver = "2"

[workspace.package]
version = "1.2.3"
edition = "2021"

[workspace.metadata.muslin]
user = "1000:1000"

[patch.crates-io]
cfg-if = { path = "vendor/cfg-if/code" }
TOML
printf '[workspace]\nmembers = ["code"]\n[workspace.package]\nversion = "1.77.0"\n' >vendor/cfg-if/Cargo.toml
printf '[package]\nname = "cfg-if"\nversion.workspace = true\n' >vendor/cfg-if/code/Cargo.toml
printf 'pub fn patched() -> &%sstatic str { "patched" }\n' "'" >vendor/cfg-if/code/src/lib.rs
cat >crates/cli/Cargo.toml <<TOML
[package]
name = "sample-cli"
version.workspace = true
edition.workspace = true
build = "../../scripts/build.rs"

[features]
loud = []

[dependencies]
parts = { package = "sample-core", path = "../core", version = "1.2" }
helper = { path = "../../tests/helper" }
greeting = { git = "file://$work/greeting" }
cfg-if = "1.77"
itoa = "=$itoa"

[package.metadata.muslin]
args = ["serve"]
TOML
cat >scripts/build.rs <<'RUST'
fn main() {
    let proto = std::fs::read_to_string("proto/app.proto").unwrap();
    println!("cargo:rustc-env=PROTO_BYTES={}", proto.len());
    // A path that nobody can find in the code.
    let extra = std::fs::read_to_string(format!("../../docs/{}.txt", "extra")).unwrap();
    println!("cargo:rustc-env=EXTRA={}", extra.trim());
}
RUST
cat >crates/cli/src/main.rs <<'RUST'
fn main() {
    println!(
        "{} {} {} {} {} {} {} {} {} {} {}",
        greeting::hello(),
        parts::answer(),
        itoa::Buffer::new().format(7),
        include_str!("../migrations/1.sql").trim(),
        include_str!("../../../docs/page.txt").trim(),
        env!("PROTO_BYTES"),
        cfg!(feature = "loud"),
        cfg!(from_config),
        env!("EXTRA"),
        helper::help(),
        cfg_if::patched(),
    );
}
RUST
printf 'syntax\n' >crates/cli/proto/app.proto
printf 'create\n' >crates/cli/migrations/1.sql
printf 'page\n' >docs/page.txt
printf 'extra\n' >docs/extra.txt
printf '[package]\nname = "helper"\nversion = "0.1.0"\nedition = "2021"\n' >tests/helper/Cargo.toml
printf 'pub fn help() -> u32 { 3 }\n' >tests/helper/src/lib.rs
printf '[build]\nrustflags = ["--cfg", "from_config"]\n' >.cargo/config.toml
printf '[package]\nname = "sample-core"\nversion.workspace = true\nedition.workspace = true\n' >crates/core/Cargo.toml
printf 'pub fn answer() -> u32 { 42 }\n' >crates/core/src/lib.rs
cargo generate-lockfile --quiet

cp "$here/templates/default/flake.nix" .
sed -i "s|github:OWNER/muslin|git+file://$here|" flake.nix
sed -i 's|src = ./.;|&\n package = "crates/cli"; features = [ "loud" ]; extraFiles = [ "docs/extra.txt" ]; labels.team = "a"; version = "9.9.9"; revision = "abc";|' flake.nix
git init --quiet
commit workspace

nix flake lock
commit locked
nix build --print-build-logs --out-link amd64 .#image-amd64
nix build --print-build-logs --out-link arm64 .#image-arm64
nix build --no-link .#image
deps=$(nix eval --raw .#deps-amd64.drvPath)
for arch in amd64 arm64; do
    nix build --out-link "executable-$arch" ".#sample-cli-$arch"
    hello=$("$here/tests/nix/run-on.sh" "$arch" "executable-$arch/bin/sample-cli")
    [[ $hello == 'hello 42 7 create page 7 true true extra 3 patched' ]] || fail "the program for $arch says \`$hello\`"
    config=$(tar --extract --to-stdout --file "$arch" manifest.json | jq --raw-output '.[0].Config')
    said=$(tar --extract --to-stdout --file "$arch" "$config" |
        jq --raw-output '.config | [.User, .Cmd[0], .Labels.team, .Labels["org.opencontainers.image.version"], .Labels["org.opencontainers.image.revision"]] | join(" ")')
    [[ $said == '1000:1000 serve a 9.9.9 abc' ]] || fail "the config for $arch says \`$said\`"
    printf 'workspace: %s: %s\n' "$arch" "$hello"
done

rm -f amd64 arm64 executable-*

# An edit of the package's own code compiles that package alone, and what is compiled is what
# stands there now; so does an edit of a package that it depends on by path.
sed -i 's/"{} {} {}/"edited {} {} {}/' crates/cli/src/main.rs
commit 'edit of the package'
nix build --print-build-logs --out-link executable .#sample-cli-amd64 2>"$work/log"
grep -q 'Compiling sample-cli' "$work/log" || fail 'the log of a build after an edit does not say what is compiled'
! grep 'Compiling' "$work/log" | grep --invert-match 'sample-cli' || fail 'an edit of the package compiles other packages'
hello=$(executable/bin/sample-cli)
[[ $hello == 'edited hello 42 '* ]] || fail "after an edit of the package the program says \`$hello\`"
sed -i 's/42/43/' crates/core/src/lib.rs
commit 'edit of a path dependency'
nix build --print-build-logs --out-link executable .#sample-cli-amd64 2>"$work/log"
! grep 'Compiling \(greeting\|itoa\)' "$work/log" || fail 'an edit of a path dependency compiles packages of others'
hello=$(executable/bin/sample-cli)
[[ $hello == 'edited hello 43 '* ]] || fail "after an edit of a path dependency the program says \`$hello\`"
rm executable
printf 'workspace: an edit compiles the package alone, and what depends on it\n'

printf '\n// Edited.\n' >>crates/cli/src/main.rs
printf '\n// Edited.\n' >>crates/core/src/lib.rs
sed -i 's/^version = "1.2.3"/version = "1.3.0"/' Cargo.toml
cargo update --quiet --offline --workspace
commit edit
[[ $(nix eval --raw .#deps-amd64.drvPath) == "$deps" ]] || fail 'an edit of the source and a new version change the dependencies'
printf 'workspace: dependencies stay when the source and the version change\n'

# Without extraFiles the build fails, and says so.
sed -i 's|extraFiles = [^;]*;||' flake.nix
commit 'no extra files'
if nix build --print-build-logs --no-link .#sample-cli-amd64 2>"$work/log"; then
    fail 'a file that no code names is in the source'
fi
grep -q 'muslin: a file was not found; .* `extraFiles' "$work/log" ||
    fail "the log of a build without a file does not name extraFiles: $(tail -n 5 "$work/log")"
sed -i 's|env!("EXTRA")|join!("../../../do", "cs/extra.txt")|' crates/cli/src/main.rs
# shellcheck disable=SC2016 # It is Rust.
printf 'macro_rules! join { ($a:literal, $b:literal) => { include_str!(concat!($a, $b)) } }\n%s\n' \
    "$(cat crates/cli/src/main.rs)" >crates/cli/src/main.rs.new
mv crates/cli/src/main.rs.new crates/cli/src/main.rs
sed -i '/extra/d; /EXTRA/d' scripts/build.rs
commit 'another way to name it'
! nix build --print-build-logs --no-link .#sample-cli-amd64 2>"$work/log" || fail 'a file that no literal names is in the source'
# shellcheck disable=SC2016 # It is a quote of the log.
grep -q 'muslin: the source has no `docs/extra.txt`; .*extraFiles = \[ "docs/extra.txt" \]' "$work/log" ||
    fail "the log of a build without docs/extra.txt does not name it: $(tail -n 5 "$work/log")"
printf 'workspace: a build without a file names it\n'
