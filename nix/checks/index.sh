# shellcheck shell=bash disable=SC2154 # The derivation sets these variables.
# Check that the manifests in the index have the configs of the single-platform images,
# byte for byte, and that there are no others.
blob() { echo "$image/blobs/${1/://}"; }

index=$(blob "$(jq --raw-output '.manifests[0].digest' "$image/index.json")")
jq --raw-output '.manifests[].digest' "$index" | while read -r manifest; do
    jq --raw-output .config.digest "$(blob "$manifest")"
done | sort >in-index
for archive in $images; do
    config=$(tar --extract --to-stdout --file "$archive" manifest.json | jq --raw-output '.[0].Config')
    echo "sha256:$(tar --extract --to-stdout --file "$archive" "$config" | sha256sum | cut --delimiter=' ' --fields=1)"
done | sort >in-archives
if ! diff in-archives in-index >&2; then
    echo 'muslin: the images in the index are not those of the single platforms' >&2
    exit 1
fi
