#!/bin/sh
# Called as RUSTC_WRAPPER with rustc and its arguments: adds the name that paths of the
# build's directory get in executables. In rustflags, a build in another directory would
# compile all dependencies again.
exec "$@" ${muslinBuildRoot:+"--remap-path-prefix=$muslinBuildRoot=/workspace"}
