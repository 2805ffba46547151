# shellcheck shell=bash disable=SC2154 # The derivation sets these variables.
# After a build in which rustc-wrapper.sh compiled nothing for $muslinTriples: remove what
# stands in their place, and put build scripts back where a stub stands.
for triple in $muslinTriples; do
    rm -rf "${CARGO_TARGET_DIR:-target}/$triple"
done
find "${CARGO_TARGET_DIR:-target}" -type f -name '*.muslin' | while IFS= read -r script; do
    # Cargo has linked the stub to other names.
    find "$(dirname "$script")" -samefile "${script%.muslin}" -exec ln --force "$script" {} \;
    rm "$script"
done
