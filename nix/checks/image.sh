# shellcheck shell=bash disable=SC2154 # The derivation sets these variables.
# Check the config of a docker-archive against the description, and the store paths in its
# layers against those that are allowed.
fail() {
    echo "muslin: $1" >&2
    exit 1
}
mkdir archive
tar --extract --file "$image" --directory archive
config=archive/$(jq --raw-output '.[0].Config' archive/manifest.json)

# expect CONFIG DESCRIPTION: two jq expressions, whose results must be equal.
expect() {
    local found wanted
    found=$(jq --compact-output --sort-keys "$1" "$config")
    wanted=$(jq --compact-output --sort-keys "$2" <<<"$description")
    [ "$found" = "$wanted" ] || fail "\`$1\` in the config is $found, and must be $wanted"
}
expect .architecture "\"$architecture\""
expect .os '"linux"'
expect .config.User .user
expect .config.Entrypoint '["/usr/local/bin/" + .entrypoint]'
expect '.config.Cmd // []' .args
expect .config.Labels .labels
expect .config.WorkingDir .workdir
expect .config.StopSignal '."stop-signal"'
expect '.config.Volumes // {} | keys' .volumes
expect '.config.ExposedPorts // {} | keys' .expose
expect '.config.Env | map(split("=")[0]) - ["PATH", "SSL_CERT_FILE"]' '.env | keys - ["PATH", "SSL_CERT_FILE"]'

jq --raw-output '.[0].Layers[]' archive/manifest.json | while read -r layer; do
    tar --list --verbose --file "archive/$layer"
done >contents
grep --quiet 'drwxrwxrwt.* \(\./\)\?tmp/\?$' contents || fail "\`/tmp\` is missing, or not writable by everyone"
for bin in $(jq --raw-output '.bins[]' <<<"$description"); do
    grep --quiet " \(\./\)\?usr/local/bin/$bin -> $executable/bin/$bin\$" contents ||
        fail "\`/usr/local/bin/$bin\` does not link to the executable"
done
if [ -n "$checksClosure" ]; then
    found=$(grep --only-matching '[ /]nix/store/[a-z0-9]\{32\}-[^/ ]*' contents | sed 's|^[ /]*|/|' | sort --unique)
    wanted=$(printf '%s\n' "$executable" "$cacert" | sort --unique)
    [ "$found" = "$wanted" ] || fail "the image contains these store paths:
$found
and should contain these:
$wanted"
fi
