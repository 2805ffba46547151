# shellcheck shell=bash disable=SC2154 # The derivation sets these variables.
# push [--insecure] [REFERENCE...]: push the image of all platforms by digest, then to each
# tag, and print each reference with its digest.
#
# A REFERENCE is HOST/NAME[:TAG], with or without `docker://`. The default is `image` with
# each of `tags` in `[package.metadata.muslin]`.
#
# ./mkPushApp.nix sets $layout, $policy, and $references to the default.
set -euo pipefail

options=()
if [ "${1-}" = --insecure ]; then
    options+=(--dest-tls-verify=false)
    inspect=(--tls-verify=false)
    shift
else
    inspect=()
fi
if [ "$#" -eq 0 ]; then
    if [ -z "$references" ]; then
        # shellcheck disable=SC2016 # These backticks quote.
        echo 'muslin: no reference to push to; pass one, as in `nix run .#push -- ghcr.io/you/name:1.0`, or set `image` in `[package.metadata.muslin]`' >&2
        exit 2
    fi
    # shellcheck disable=SC2086 # One word for each reference.
    set -- $references
fi

digest=$(jq --raw-output '.manifests[0].digest' "$layout/index.json")
# A layout with several tags has an entry for each, and skopeo wants one of them named.
entry=$(jq --raw-output '.manifests[0].annotations["org.opencontainers.image.ref.name"]' "$layout/index.json")
copy() {
    skopeo --policy "$policy" copy --all --preserve-digests "${options[@]}" "oci:$layout:$entry" "docker://$1" >&2
}
for reference; do
    reference=${reference#docker://}
    last=${reference##*/}
    case $reference in
        *OWNER*)
            echo "muslin: \`$reference\` contains the placeholder OWNER; pass a reference, or \`owner\` to \`mkFlake\`" >&2
            exit 2
            ;;
        */*) ;;
        *)
            echo "muslin: \`$reference\` has no registry; write HOST/NAME[:TAG], such as \`ghcr.io/you/name:1.0\`" >&2
            exit 2
            ;;
    esac
    case $last in
        *@*)
            echo "muslin: \`$reference\` has a digest, which is that of the image and cannot be chosen; write HOST/NAME[:TAG]" >&2
            exit 2
            ;;
        *:*) name=${reference%:*} tag=${last##*:} ;;
        *) name=$reference tag=latest ;;
    esac
    copy "$name@$digest"
    copy "$name:$tag"
    pushed=$(skopeo --policy "$policy" inspect --raw "${inspect[@]}" "docker://$name:$tag" | sha256sum)
    if [ "sha256:${pushed%% *}" != "$digest" ]; then
        echo "muslin: \`$name:$tag\` does not have the digest that was pushed, \`$digest\`; the tag was pushed by someone else at the same time, so push again" >&2
        exit 1
    fi
    echo "$name:$tag@$digest"
done
