# shellcheck shell=bash disable=SC2154 # The derivation sets these variables.
# push [--insecure]: push every image to the references that it has by default.
#
# ./mkPushAllApp.nix sets $programs, one for each image, $names, the images, and $unnamed,
# the images without a reference.
set -euo pipefail

options=()
if [ "${1-}" = --insecure ]; then
    options+=(--insecure)
    shift
fi
if [ "$#" -gt 0 ]; then
    # shellcheck disable=SC2016 # These backticks quote.
    echo "muslin: \`$1\` is a reference for one image, and there are several: $names; push one with \`nix run .#push-${names%% *} -- $1\`" >&2
    exit 2
fi
if [ -n "$unnamed" ]; then
    # Before anything is pushed.
    echo "muslin: no reference to push \`${unnamed%% *}\` to; set \`image\` in \`images.${unnamed%% *}\` or in \`[package.metadata.muslin]\`" >&2
    exit 2
fi
for program in $programs; do
    "$program" "${options[@]}"
done
