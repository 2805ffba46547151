# shellcheck shell=bash disable=SC2154 # The derivation sets these variables.
# Make the last layer, in the current directory: links to the executables and the CA
# certificates, users, /tmp and the files of the description.
#
# ./buildImage.nix sets $executable, $bins, $certificates and $files (lines of a store
# path, a tab and a path in the image).

mkdir -p usr/local/bin etc/ssl/certs
mkdir -m 1777 tmp
for bin in $bins; do
    ln -s "$executable/bin/$bin" "usr/local/bin/$bin"
done
ln -s "$certificates" etc/ssl/certs/ca-certificates.crt
# The default file of an OpenSSL or LibreSSL whose directory is /etc/ssl.
ln -s certs/ca-certificates.crt etc/ssl/cert.pem
printf '%s\n' \
    'root:x:0:0:root:/:/sbin/nologin' \
    'nonroot:x:65532:65532:nonroot:/:/sbin/nologin' >etc/passwd
printf '%s\n' 'root:x:0:' 'nonroot:x:65532:' >etc/group

while IFS=$'\t' read -r from to; do
    [ -n "$from" ] || continue
    mkdir -p ".$(dirname "$to")"
    if [ -d "$from" ]; then
        mkdir -p ".$to"
        cp --recursive --dereference --no-preserve=ownership "$from/." ".$to"
    else
        cp --dereference --no-preserve=ownership "$from" ".$to"
    fi
    chmod -R u+w ".$to"
done <<<"$files"
