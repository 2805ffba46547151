# shellcheck shell=bash disable=SC2154 # The derivation sets these variables.
# Check that executables are static, are for the right machine, have the list of their
# crates and contain no path of the build.
fail() {
    echo "muslin: $1" >&2
    exit 1
}
bytes() { od --address-radix=n --format=x1 --skip-bytes="$2" --read-bytes="$3" "$1" | tr -d ' \n'; }
# Strings lie side by side in an executable, so an allowed one may be the beginning of what
# was found.
is_allowed() {
    local path
    while IFS= read -r path; do
        [ -z "$path" ] || [[ $1 != "$path"* ]] || return 0
    done <<<"${allowedPaths-}"
    return 1
}

for bin in $bins; do
    file=$executable/bin/$bin
    [ -x "$file" ] || fail "\`$file\` is not executable"
    case $architecture in
        amd64) machine=3e00 ;;
        arm64) machine=b700 ;;
    esac
    # The field e_machine of the ELF header, at offset 18.
    [ "$(bytes "$file" 18 2)" = "$machine" ] || fail "\`$bin\` is not for $architecture"
    # A dynamically linked program names its interpreter.
    ! grep --quiet --text --extended-regexp '/lib(64)?/ld-(linux|musl)' "$file" || fail "\`$bin\` is not static"
    # The name of the section with the list.
    grep --quiet --text --fixed-strings .dep-v0 "$file" || fail "\`$bin\` has no list of its crates"
    [ -n "$searchesPaths" ] || continue
    # Absolute paths only: `src/build/` is none.
    for path in /build/ /nix/store/ "$NIX_BUILD_TOP/"; do
        while IFS= read -r found; do
            # The pattern takes the character before the path, too.
            found=$path${found#*"$path"}
            is_allowed "$found" ||
                fail "\`$bin\` contains a path of the build: $found; if it is a string of the program's own, list it in \`allowedPaths\`"
        done < <(grep --only-matching --text --extended-regexp "(^|[^[:alnum:]_./-])${path}[[:graph:]]*" "$file")
    done
done
