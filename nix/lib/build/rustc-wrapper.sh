#!/bin/sh
# shellcheck disable=SC2154 # The derivation sets these variables.
# Called as RUSTC_WRAPPER with rustc and its arguments: adds the name that paths of the
# build's directory get in executables. In rustflags, a build in another directory would
# compile all dependencies again.
#
# With $muslinHostOnly, nothing is compiled for the targets in $muslinTriples: empty files
# stand in its place, and a build script is a stub that does nothing for these targets.
compile() {
    "$@" ${muslinBuildRoot:+"--remap-path-prefix=$muslinBuildRoot=/workspace"}
}

# Build scripts that try what the compiler can call it, too; then cargo's variable is not set.
if [ -z "${muslinHostOnly-}" ] || [ -z "${CARGO_CRATE_NAME-}" ]; then
    exec "$@" ${muslinBuildRoot:+"--remap-path-prefix=$muslinBuildRoot=/workspace"}
fi

target='' name='' types='' folder='' suffix='' source='' previous=''
for argument; do
    case $previous in
        --target) target=$argument ;;
        --crate-name) name=$argument ;;
        --crate-type) types="$types $argument" ;;
        --out-dir) folder=$argument ;;
        -C)
            case $argument in
                extra-filename=*) suffix=${argument#extra-filename=} ;;
            esac
            ;;
    esac
    case $argument in
        *.rs) source=$argument ;;
    esac
    previous=$argument
done

case " $muslinTriples " in
    *" ${target:-none} "*)
        for type in $types; do
            case $type in
                bin) : >"$folder/$name$suffix" ;;
                *) : >"$folder/lib$name$suffix.rlib" && : >"$folder/lib$name$suffix.rmeta" ;;
            esac
        done
        printf '%s: %s\n' "$folder/$name$suffix.d" "$source" >"$folder/$name$suffix.d"
        exit
        ;;
esac

compile "$@" || exit
case $name$types in
    build_script_*' bin')
        script=$folder/$name$suffix
        mv "$script" "$script.muslin"
        cat >"$script" <<STUB
#!/bin/sh
case " $muslinTriples " in
    *" \$TARGET "*) exit ;;
esac
exec "$script.muslin" "\$@"
STUB
        chmod +x "$script"
        ;;
esac
