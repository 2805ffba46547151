# shellcheck shell=bash disable=SC2154 # Nix sets what is read here.
# Ends the build of an image that is larger, compressed, than its description allows.
size=$(gzip --stdout "$out" | wc --bytes)
if [ "$size" -gt "$maxSize" ]; then
    echo "muslin: the image for \`$platform\` has $size bytes compressed, more than the $maxSize of \`max-size\`; raise \`max-size\` in \`[package.metadata.muslin]\` or make the executable smaller" >&2
    exit 1
fi
