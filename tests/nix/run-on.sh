#!/usr/bin/env bash
# run-on.sh ARCH PROGRAM [ARGUMENT...]: runs a static program of this architecture,
# amd64 or arm64: as it is where it is this machine's, else under qemu-user.
set -euo pipefail

arch=$1
shift
case $(uname -m)-$arch in
    x86_64-arm64) exec qemu-aarch64-static "$@" ;;
    aarch64-amd64) exec qemu-x86_64-static "$@" ;;
    *) exec "$@" ;;
esac
