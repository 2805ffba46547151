# shellcheck shell=bash disable=SC2154 # The derivation sets these variables.
# Fail if an image is larger, compressed, than `max-size` allows.
size=$(gzip --stdout "$out" | wc --bytes)
if [ "$size" -gt "$maxSize" ]; then
    echo "muslin: the image for \`$platform\` has $size bytes compressed, and \`max-size\` allows $maxSize; raise \`max-size\` in \`[package.metadata.muslin]\` or make the executable smaller" >&2
    exit 1
fi
