# shellcheck shell=bash disable=SC2154 # Nix sets what is read here.
# Compares the index with the images of the single platforms: the same configs, by
# their bytes, and no others.
blob() { echo "$image/blobs/${1/://}"; }

index=$(blob "$(jq --raw-output '.manifests[0].digest' "$image/index.json")")
jq --raw-output '.manifests[].digest' "$index" | while read -r manifest; do
    jq --raw-output .config.digest "$(blob "$manifest")"
done | sort >joined
for archive in $images; do
    config=$(tar --extract --to-stdout --file "$archive" manifest.json | jq --raw-output '.[0].Config')
    echo "sha256:$(tar --extract --to-stdout --file "$archive" "$config" | sha256sum | cut --delimiter=' ' --fields=1)"
done | sort >single
if ! diff single joined >&2; then
    echo 'muslin: the index does not hold the images of the single platforms' >&2
    exit 1
fi
