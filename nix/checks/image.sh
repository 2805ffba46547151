# shellcheck shell=bash disable=SC2154 # Nix sets what is read here.
# Compares a docker-archive with its description, and what it holds with what it may.
fail() {
    echo "muslin: $1" >&2
    exit 1
}
mkdir archive
tar --extract --file "$image" --directory archive
config=archive/$(jq --raw-output '.[0].Config' archive/manifest.json)

# says JQ-EXPRESSION-OF-CONFIG JQ-EXPRESSION-OF-DESCRIPTION
says() {
    local found wanted
    found=$(jq --compact-output --sort-keys "$1" "$config")
    wanted=$(jq --compact-output --sort-keys "$2" <<<"$description")
    [ "$found" = "$wanted" ] || fail "the config's $1 is $found, and the description says $wanted"
}
says .architecture "\"$architecture\""
says .os '"linux"'
says .config.User .user
says .config.Entrypoint '["/usr/local/bin/" + .entrypoint]'
says '.config.Cmd // []' .args
says .config.Labels .labels
says .config.WorkingDir .workdir
says .config.StopSignal '."stop-signal"'
says '.config.Volumes // {} | keys' .volumes
says '.config.ExposedPorts // {} | keys' .expose
says '.config.Env | map(split("=")[0]) - ["PATH", "SSL_CERT_FILE"]' '.env | keys - ["PATH", "SSL_CERT_FILE"]'

jq --raw-output '.[0].Layers[]' archive/manifest.json | while read -r layer; do
    tar --list --verbose --file "archive/$layer"
done >content
grep --quiet 'drwxrwxrwt.* \(\./\)\?tmp/\?$' content || fail 'there is no /tmp for everyone'
for bin in $(jq --raw-output '.bins[]' <<<"$description"); do
    grep --quiet " \(\./\)\?usr/local/bin/$bin -> $executable/bin/$bin\$" content ||
        fail "\`/usr/local/bin/$bin\` is not the executable"
done
if [ -n "$checksClosure" ]; then
    found=$(grep --only-matching '[ /]nix/store/[a-z0-9]\{32\}-[^/ ]*' content | sed 's|^[ /]*|/|' | sort --unique)
    wanted=$(printf '%s\n' "$executable" "$cacert" | sort --unique)
    [ "$found" = "$wanted" ] || fail "of the store the image holds
$found
and should hold
$wanted"
fi
