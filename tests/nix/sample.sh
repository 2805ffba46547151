# shellcheck shell=bash disable=SC2154 # Who sources this sets $here and $work.
# A package with one dependency and the flake of templates/default in $work/app, locked.
# $1 is more of its Cargo.toml.

commit() {
    git add --all
    git -c user.name=test -c user.email=test@localhost commit --quiet --message "$1"
}

# A version that a mirror beside local inputs has.
itoa=$(sed -n '/^name = "itoa"/{n;s/version = "\(.*\)"/\1/p}' "$here/Cargo.lock")
mkdir -p "$work/app/src"
cd "$work/app" || exit
printf '[package]\nname = "sample"\nversion = "1.0.0"\nedition = "2021"\n[dependencies]\nitoa = "=%s"\n%s\n' "$itoa" "${1-}" >Cargo.toml
printf 'fn main() { println!("{}", itoa::Buffer::new().format(7)); }\n' >src/main.rs
cargo generate-lockfile --quiet
cp "$here/templates/default/flake.nix" .
sed -i "s|github:OWNER/muslin|git+file://$here|" flake.nix
git init --quiet
commit package
nix flake lock
commit locked
