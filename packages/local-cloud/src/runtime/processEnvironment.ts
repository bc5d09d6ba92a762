import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join, sep } from 'node:path';

/** Folders and programs that builds and processes share. */
export interface Toolchain {
  nodePath: string;
  npmCliPath: string;
  /** Home of builds and processes; the user's own stays unseen. */
  homeFolder: string;
  npmCacheFolder: string;
  /** Holds an `npm` that runs with our Node. */
  binFolder: string;
  /** Loaded into each Node process, keeps its listeners on loopback. */
  preloadPath: string;
}

// A build behind a company's proxy or certificate authority needs these to
// reach the registry. Nothing else of our environment goes in.
const NETWORK_VARIABLES = [
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'npm_config_registry',
];

const PRELOAD = `'use strict';
// Deployments answer on this machine only, whatever address they ask for.
const { Server } = require('node:net');
const listen = Server.prototype.listen;
Server.prototype.listen = function listenOnLoopback(...args) {
  const [first] = args;
  const host = '127.0.0.1';
  if (typeof first === 'object' && first !== null && !Array.isArray(first)) {
    if (first.port !== undefined) args[0] = { ...first, host };
  } else if (typeof first === 'number' || /^\\d+$/.test(String(first))) {
    const backlog = args.slice(1).find(value => typeof value === 'number');
    const callback = args.slice(1).find(value => typeof value === 'function');
    args = [{ port: Number(first), host, backlog }];
    if (callback) args.push(callback);
  }
  return listen.apply(this, args);
};
`;

/** Writes the small files of the toolchain and makes its folders. */
export async function prepareToolchain(options: {
  dataDir: string;
  nodePath: string;
  npmCliPath: string;
}): Promise<Toolchain> {
  const folder = join(options.dataDir, 'runtime');
  const toolchain: Toolchain = {
    nodePath: options.nodePath,
    npmCliPath: options.npmCliPath,
    homeFolder: join(folder, 'home'),
    npmCacheFolder: join(folder, 'npm-cache'),
    binFolder: join(folder, 'bin'),
    preloadPath: join(folder, 'loopback.cjs'),
  };
  for (const path of [
    toolchain.homeFolder,
    toolchain.npmCacheFolder,
    toolchain.binFolder,
  ]) {
    await mkdir(path, { recursive: true });
  }
  await writeFile(toolchain.preloadPath, PRELOAD);
  const shim = join(toolchain.binFolder, 'npm');
  await writeFile(
    shim,
    `#!/bin/sh\nexec "${options.nodePath}" "${options.npmCliPath}" "$@"\n`,
  );
  await chmod(shim, 0o755);
  return toolchain;
}

/** Environment of `npm ci` and of a build: the project's, the platform's, npm's. */
export function buildEnvironment(options: {
  toolchain: Toolchain;
  cwd: string;
  variables: Record<string, string>;
}): Record<string, string> {
  return {
    ...networkVariables(),
    ...options.variables,
    ...commonVariables(options.toolchain, options.cwd),
    CI: '1',
    npm_config_cache: options.toolchain.npmCacheFolder,
    npm_config_update_notifier: 'false',
    npm_config_fund: 'false',
    npm_config_audit: 'false',
  };
}

/** Environment of a running deployment. */
export function runEnvironment(options: {
  toolchain: Toolchain;
  cwd: string;
  variables: Record<string, string>;
  port: number;
  memoryLimitMb: number;
}): Record<string, string> {
  const { toolchain, variables } = options;
  const heapMb = Math.max(16, Math.floor(options.memoryLimitMb * 0.75));
  return {
    NODE_ENV: 'production',
    ...variables,
    ...commonVariables(toolchain, options.cwd),
    PORT: String(options.port),
    HOSTNAME: '127.0.0.1',
    HOST: '127.0.0.1',
    NODE_OPTIONS: [
      variables.NODE_OPTIONS,
      `--require "${toolchain.preloadPath}"`,
      `--max-old-space-size=${heapMb}`,
    ]
      .filter(Boolean)
      .join(' '),
  };
}

function commonVariables(toolchain: Toolchain, cwd: string) {
  // The folders of the portal's own packages would lend a deployment commands
  // that it does not have on the real platform.
  const inherited = (process.env.PATH ?? '')
    .split(delimiter)
    .filter(folder => !folder.includes(`node_modules${sep}.bin`));
  return {
    PATH: [
      join(cwd, 'node_modules', '.bin'),
      toolchain.binFolder,
      dirname(toolchain.nodePath),
      ...inherited,
    ].join(delimiter),
    HOME: toolchain.homeFolder,
    LANG: process.env.LANG ?? 'C.UTF-8',
    TZ: 'UTC',
  };
}

function networkVariables(): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of NETWORK_VARIABLES) {
    const value = process.env[name];
    if (value) found[name] = value;
  }
  return found;
}
