# Undrift's workers and command line. Debian, because verification needs bubblewrap and a glibc.
# The project that is verified needs its own tools beside it: build an image from this one that adds them.

FROM debian:trixie-20251020-slim@sha256:66b37a5078a77098bfc80175fb5eb881a3196809242fd295b25502854e12cbec AS build
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates nodejs npm \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
# Node itself is the one of the lockfile; npm only fetches it. It is set aside before the pruning takes it.
RUN npm run build \
 && install -D --mode 755 "$(npx --no-install node -p process.execPath)" /out/node \
 && npm prune --omit=dev \
 && rm -rf dist/harness && find dist -name '*.map' -delete

FROM debian:trixie-20251020-slim@sha256:66b37a5078a77098bfc80175fb5eb881a3196809242fd295b25502854e12cbec
RUN apt-get update \
 && apt-get install --yes --no-install-recommends bubblewrap ca-certificates git gpg iproute2 openssh-client passt \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --create-home --shell /usr/sbin/nologin undrift \
 && install --directory --mode 700 --owner undrift --group undrift /var/lib/undrift
COPY --from=build /out/node /usr/local/bin/node
COPY --from=build /src/package.json /opt/undrift/
COPY --from=build /src/node_modules /opt/undrift/node_modules
COPY --from=build /src/dist /opt/undrift/dist
RUN ln -s /opt/undrift/dist/client/cli/entry.js /usr/local/bin/undrift \
 && chmod 755 /opt/undrift/dist/client/cli/entry.js
ENV UNDRIFT_DATA=/var/lib/undrift
USER undrift
VOLUME /var/lib/undrift
ENTRYPOINT ["/usr/local/bin/node", "/opt/undrift/dist/client/cli/entry.js"]
CMD ["--help"]
