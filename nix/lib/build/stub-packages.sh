# shellcheck shell=bash disable=SC2154 # The derivation sets these variables.
# Put a stub where the source lacks the code of a package in $muslinPackageDirs (names with
# spaces between): the files of $muslinStubs for library and binaries, and a build script.
for directory in $muslinPackageDirs; do
    (
        cd "$sourceRoot/$directory" || exit
        find "$muslinStubs/$directory" -name '*.rs' -printf '%P\n' | while IFS= read -r file; do
            if ! [ -e "$file" ]; then
                mkdir -p "$(dirname "$file")"
                # The manifest may turn on lints.
                { printf '#![allow(warnings)]\n' && cat "$muslinStubs/$directory/$file"; } >"$file"
            fi
        done
        [ -e build.rs ] || printf '#![allow(warnings)]\nfn main() {}\n' >build.rs
    ) || return
done
