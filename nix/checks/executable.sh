# shellcheck shell=bash disable=SC2154 # Nix sets what is read here.
# Fails where an executable would not run in an empty image, or betrays its build.
fail() {
    echo "muslin: $1" >&2
    exit 1
}
bytes() { od --address-radix=n --format=x1 --skip-bytes="$2" --read-bytes="$3" "$1" | tr -d ' \n'; }

for bin in $bins; do
    file=$executable/bin/$bin
    [ -x "$file" ] || fail "\`$file\` is not executable"
    case $architecture in
        amd64) machine=3e00 ;;
        arm64) machine=b700 ;;
    esac
    # e_machine (elf.h), after 18 bytes of the header.
    [ "$(bytes "$file" 18 2)" = "$machine" ] || fail "\`$bin\` is not for $architecture"
    # A dynamic program names its interpreter.
    ! grep --quiet --text --extended-regexp '/lib(64)?/ld-(linux|musl)' "$file" || fail "\`$bin\` is not static"
    [ -n "$searchesPaths" ] || continue
    # Not where the path only ends in such words, as in `src/build/`.
    for path in /build/ /nix/store/ "$NIX_BUILD_TOP/"; do
        ! found=$(grep --only-matching --text --extended-regexp "(^|[^[:alnum:]_./-])${path}[[:graph:]]*" "$file") ||
            fail "\`$bin\` holds a path of the machine that built it: $(head -n 1 <<<"$found")"
    done
done
