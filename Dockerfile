# The images of Cloud Chat: `docker build --target auth-service .`, or chat-service, ws-service, cloud-chat, frontend, lambda.
# The services are one program, linked statically, compiled where the build runs for whatever it is to run on.

# ---- the web app
FROM --platform=${BUILDPLATFORM:-linux} node:22-bookworm-slim AS web
WORKDIR /src
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci
COPY web ./
RUN npm exec -- vite build --logLevel warn --outDir /web \
    # nginx sends what was compressed before; it knows gzip.
    && cp -r /web /packed && cd /packed \
    && find . -name '*.br' -exec sh -c 'for file; do rm "$file"; gzip -9 -k "${file%.br}"; done' sh {} +

# ---- the compiler, for the platform that is asked for
FROM --platform=${BUILDPLATFORM:-linux} rust:1-bookworm AS rust
ARG TARGETARCH
WORKDIR /src
RUN set -eu; mkdir -p "$CARGO_HOME"; host=$(rustc -vV | sed -n 's/^host: //p'); \
    case "${TARGETARCH:-}" in \
      amd64) target=x86_64-unknown-linux-gnu; packages="gcc-x86-64-linux-gnu libc6-dev-amd64-cross" ;; \
      arm64) target=aarch64-unknown-linux-gnu; packages="gcc-aarch64-linux-gnu libc6-dev-arm64-cross" ;; \
      *) target=$host ;; \
    esac; \
    printf '[build]\ntarget = "%s"\nrustflags = ["-C", "target-feature=+crt-static"]\n' "$target" \
      > "$CARGO_HOME/config.toml"; \
    if [ "$target" != "$host" ]; then \
      apt-get update; apt-get install -y --no-install-recommends $packages; rm -rf /var/lib/apt/lists/*; \
      rustup target add "$target"; \
      printf '[target.%s]\nlinker = "%s-gcc"\n' "$target" "$(echo "$target" | sed s/-unknown//)" \
        >> "$CARGO_HOME/config.toml"; \
    fi
ENV CARGO_PROFILE_RELEASE_STRIP=symbols

# ---- the manifests alone, with empty crates: these change when a dependency does
FROM rust AS manifests
COPY Cargo.toml Cargo.lock ./
COPY bench bench
COPY crates crates
RUN find bench crates -type f ! -name Cargo.toml -delete \
    && for crate in bench crates/*; do \
         mkdir -p "$crate/src" && : > "$crate/src/lib.rs" && echo 'fn main() {}' > "$crate/src/main.rs"; \
       done \
    && echo 'fn main() {}' > crates/cloud-chat/build.rs

FROM rust AS build
COPY --from=manifests /src ./
RUN cargo build --release --locked -p cloud-chat && rm -rf bench crates
COPY --from=manifests /src/bench bench
COPY crates crates
COPY --from=web /web /web
# Sources may be older than the empty crates that were built above.
RUN find crates -name '*.rs' -exec touch {} + \
    && CLOUD_CHAT_WEB_DIST=/web cargo build --release --locked -p cloud-chat \
    && mkdir -p /out/data /out/etc/ssl/certs \
    && cp target/*/release/cloud-chat /out/ \
    && cp /etc/ssl/certs/ca-certificates.crt /out/etc/ssl/certs/ \
    && echo 'cloud-chat:x:65532:65532::/:/cloud-chat' > /out/etc/passwd

# ---- the services: the program and nothing else, neither a shell nor a library
FROM scratch AS service
ARG VERSION=0.1.0
ARG REVISION
LABEL org.opencontainers.image.title="Cloud Chat" \
      org.opencontainers.image.description="Team chat that you run yourself" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /out/etc /etc
COPY --from=build /out/cloud-chat /cloud-chat
USER 65532:65532
ENTRYPOINT ["/cloud-chat"]
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=3 CMD ["/cloud-chat", "healthcheck"]

FROM service AS auth-service
# Two passwords that are hashed at a time take 38 of its 64 MiB; freed memory must not stay with every thread.
ENV MALLOC_ARENA_MAX=1
EXPOSE 5000
CMD ["auth"]

FROM service AS chat-service
EXPOSE 5000
CMD ["chat"]

FROM service AS ws-service
ENV PORT=4001
EXPOSE 4001
CMD ["ws"]

# Everything in one process; its data is in the volume.
FROM service AS cloud-chat
COPY --from=build --chown=65532:65532 /out/data /data
ENV DATA_DIR=/data SQLITE_TMPDIR=/data
VOLUME /data
EXPOSE 5000

# ---- the web app behind nginx, which is also the way to the services
FROM nginx:alpine AS frontend
ARG VERSION=0.1.0
ARG REVISION
LABEL org.opencontainers.image.title="Cloud Chat frontend" \
      org.opencontainers.image.description="The web app of Cloud Chat and the way to its services" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /out/cloud-chat /usr/local/bin/cloud-chat
COPY --from=web /packed /srv/web
COPY deploy/nginx /opt/nginx
ENV PORT=80 WEB_ROOT=/srv/web
USER 101:101
EXPOSE 80 5001 5002 4001
STOPSIGNAL SIGQUIT
HEALTHCHECK --interval=5s --timeout=5s --start-period=10s --retries=3 CMD ["cloud-chat", "healthcheck"]
ENTRYPOINT ["sh", "/opt/nginx/start.sh"]
CMD []

# ---- the two Lambdas of the AWS installation: deploy-aws.sh takes them out of here
FROM rust AS lambda-build
COPY --from=manifests /src ./
RUN cargo build --release --locked -p lambda --lib && rm -rf bench crates
COPY --from=manifests /src/bench bench
COPY crates crates
RUN find crates -name '*.rs' -exec touch {} + \
    && cargo build --release --locked -p lambda --bins \
    && mkdir -p /out/ws /out/db-init \
    && cp target/*/release/lambda-ws /out/ws/bootstrap \
    && cp target/*/release/lambda-db-init /out/db-init/bootstrap

FROM scratch AS lambda
COPY --from=lambda-build /out /
