# shellcheck shell=bash disable=SC2154 # The derivation sets these variables.
# Check that executables are static, are for the right machine and contain no path of
# the build.
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
    # The field e_machine of the ELF header, at offset 18.
    [ "$(bytes "$file" 18 2)" = "$machine" ] || fail "\`$bin\` is not for $architecture"
    # A dynamically linked program names its interpreter.
    ! grep --quiet --text --extended-regexp '/lib(64)?/ld-(linux|musl)' "$file" || fail "\`$bin\` is not static"
    [ -n "$searchesPaths" ] || continue
    # Absolute paths only: `src/build/` is none.
    for path in /build/ /nix/store/ "$NIX_BUILD_TOP/"; do
        ! found=$(grep --only-matching --text --extended-regexp "(^|[^[:alnum:]_./-])${path}[[:graph:]]*" "$file") ||
            fail "\`$bin\` contains a path of the build: $(head -n 1 <<<"$found")"
    done
done
