# The image of the portal: Node 24, git, the bundle of `npm run build`.
# Build it on the host first:  npm ci && npm run build
FROM node:24-bookworm-slim

RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates git tini \
    && rm -rf /var/lib/apt/lists/*

ENV NODE_ENV=production \
    NODE_OPTIONS=--no-node-snapshot
WORKDIR /app
RUN chown node:node /app
USER node

# The manifests alone first, so that a change of code keeps this layer.
COPY --chown=node:node package.json package-lock.json .npmrc backstage.json ./
COPY --chown=node:node packages/backend/dist/skeleton.tar.gz ./
# @keyv/redis looks for its peer at the top, where only development has one.
RUN tar xzf skeleton.tar.gz && rm skeleton.tar.gz \
    && npm install --omit=dev --ignore-scripts --no-audit --no-fund \
    && ln -s @backstage/backend-defaults/node_modules/keyv node_modules/keyv \
    && npm cache clean --force

COPY --chown=node:node packages/backend/dist/bundle.tar.gz app-config.yaml app-config.production.yaml ./
RUN tar xzf bundle.tar.gz && rm bundle.tar.gz
COPY --chown=node:node templates/fork ./templates/fork

EXPOSE 7007
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s \
    CMD ["node", "-e", "fetch('http://127.0.0.1:7007/.backstage/health/v1/readiness').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["tini", "--"]
CMD ["node", "packages/backend", "--config", "app-config.yaml", "--config", "app-config.production.yaml"]
