# shellcheck shell=bash disable=SC2154 # Nix sets what is read here.
# push [--insecure] [REFERENCE...]: push the image of all platforms, by digest first
# and then under each tag, and print each reference with its digest.
#
# A REFERENCE is HOST/NAME[:TAG], with or without `docker://`. Without one the image
# goes where `image` in `[package.metadata.muslin]` says, under its `tags`.
#
# Set by ./lib/push.nix: $layout, and the default in $references.
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
        # shellcheck disable=SC2016 # The backticks are for people.
        echo 'muslin: nowhere to push to; name a reference, as in `nix run .#push -- ghcr.io/you/name:1.0`, or write `image` in `[package.metadata.muslin]`' >&2
        exit 2
    fi
    # shellcheck disable=SC2086 # One word for each reference.
    set -- $references
fi

digest=$(jq --raw-output '.manifests[0].digest' "$layout/index.json")
for reference; do
    reference=${reference#docker://}
    last=${reference##*/}
    case $reference in
        *OWNER*)
            echo "muslin: \`$reference\` still has OWNER where the name of whoever publishes belongs; name a reference" >&2
            exit 2
            ;;
        */*) ;;
        *)
            echo "muslin: \`$reference\` names no registry; write HOST/NAME[:TAG], such as \`ghcr.io/you/name:1.0\`" >&2
            exit 2
            ;;
    esac
    case $last in
        *@*)
            echo "muslin: \`$reference\` has a digest, which only the image can know; write HOST/NAME[:TAG]" >&2
            exit 2
            ;;
        *:*) name=${reference%:*} tag=${last##*:} ;;
        *) name=$reference tag=latest ;;
    esac
    skopeo copy --all --preserve-digests "${options[@]}" "oci:$layout" "docker://$name@$digest" >&2
    skopeo copy --all --preserve-digests "${options[@]}" "oci:$layout" "docker://$name:$tag" >&2
    pushed=$(skopeo inspect --raw "${inspect[@]}" "docker://$name:$tag" | sha256sum)
    if [ "sha256:${pushed%% *}" != "$digest" ]; then
        echo "muslin: \`$name:$tag\` is not what was pushed (\`$digest\`): someone else pushed meanwhile; push again" >&2
        exit 1
    fi
    echo "$name:$tag@$digest"
done
