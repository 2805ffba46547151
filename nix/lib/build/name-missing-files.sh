# shellcheck shell=bash disable=SC2016,SC2154 # Words for people; the derivation's variables.
# Where cargo fails because a file is not there, say that the flake's source may have left it
# out, and how it comes back. ../package/selectSources.nix keeps what it can find.
#
# Not a failureHook: some versions of bash do not run the trap that calls it.

eval "muslinCargo$(declare -f cargo | sed '1s/^cargo//')"
cargo() {
    local errors status=0
    errors=$(mktemp)
    muslinCargo "$@" 2> >(tee "$errors" >&2) || status=$?
    # Until tee has written all.
    wait "${!-}" 2>/dev/null || true
    [ "$status" -eq 0 ] || muslinNameMissingFiles "$errors"
    return "$status"
}

muslinNameMissingFiles() {
    local file found=
    while IFS= read -r file; do
        found=yes
        file=$(realpath --canonicalize-missing --no-symlinks --relative-to="$muslinBuildRoot" "$file")
        printf 'muslin: the source has no `%s`; if the repository has it, add `extraFiles = [ "%s" ];` to the arguments of mkFlake\n' "$file" "$file"
    done < <(sed -n -E "s/.*couldn't read \`?([^\`:]+)\`?: No such file.*/\1/p" "$1" | sort -u)
    if [ -z "$found" ] && grep -q -E 'No such file or directory|kind: NotFound' "$1"; then
        printf 'muslin: a file was not found; if the repository has it, name it in `extraFiles = [ "…" ];` of mkFlake: documents, tests and scripts that no code names are left out of the source; a program that a build script runs belongs into `nativeBuildInputs`\n'
    fi
} >&2
