import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { resolveInside } from './inlineFiles';
import type { Command } from './runCommand';

/** What a project says about its builds; undefined means detect. */
export interface BuildSettings {
  installCommand?: string;
  buildCommand?: string;
  outputDirectory?: string;
  rootDirectory?: string;
}

/** How a built deployment answers requests. */
export type LaunchPlan =
  | { kind: 'process'; cwd: string; command: Command }
  | { kind: 'static'; root: string };

export interface BuildPlan {
  folder: string;
  /** `npm ci` from a lockfile, another command, or nothing to install. */
  install: 'lockfile' | { shell: string } | undefined;
  build: { shell: string } | undefined;
  startCommand: string | undefined;
  outputDirectory: string | undefined;
}

/** A mistake in the application or its settings, told to its developer. */
export class BuildError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'BuildError';
    this.code = code;
  }
}

const settingsFileSchema = z.looseObject({
  installCommand: z.string().nullish(),
  buildCommand: z.string().nullish(),
  outputDirectory: z.string().nullish(),
});

const packageSchema = z.looseObject({
  scripts: z.record(z.string(), z.string()).optional(),
  main: z.string().optional(),
});

/** Decides from the sources and the settings what a build does. */
export async function createBuildPlan(
  sources: string,
  settings: BuildSettings,
): Promise<BuildPlan> {
  const folder = settings.rootDirectory
    ? resolveRoot(sources, settings.rootDirectory)
    : sources;
  const file = await readJson(join(folder, 'vercel.json'), settingsFileSchema);
  const manifest = await readJson(join(folder, 'package.json'), packageSchema);
  // vercel.json overrides the project's settings. An empty command means: none.
  const choose = (key: 'installCommand' | 'buildCommand' | 'outputDirectory') =>
    file?.[key] ?? settings[key];

  const installCommand = choose('installCommand');
  const buildCommand =
    choose('buildCommand') ??
    (manifest?.scripts?.build ? 'npm run build' : undefined);
  return {
    folder,
    install: installPlan(folder, installCommand, manifest !== undefined),
    build: buildCommand ? { shell: buildCommand } : undefined,
    startCommand:
      manifest?.scripts?.start ??
      (manifest && existsSync(join(folder, 'server.js'))
        ? 'node server.js'
        : undefined),
    outputDirectory: choose('outputDirectory') ?? undefined,
  };
}

/** Decides after the build how the deployment answers. */
export function createLaunchPlan(
  plan: BuildPlan,
  nodePath: string,
): LaunchPlan {
  if (plan.startCommand) {
    return {
      kind: 'process',
      cwd: plan.folder,
      command: startCommand(plan.startCommand, nodePath),
    };
  }
  const output = plan.outputDirectory ?? 'public';
  const root =
    output === '.' ? plan.folder : resolveInside(plan.folder, output);
  if (existsSync(root)) return { kind: 'static', root };
  if (!plan.outputDirectory && existsSync(join(plan.folder, 'index.html'))) {
    return { kind: 'static', root: plan.folder };
  }
  throw new BuildError(
    'STATIC_BUILD_NO_OUT_DIR',
    `No Output Directory named "${output}" found after the Build completed, ` +
      'and package.json has no "start" script. Add a "start" script or set ' +
      "the project's outputDirectory.",
  );
}

/** Runs `node file args` without a shell between, which starts faster. */
function startCommand(line: string, nodePath: string): Command {
  const words = line.trim().split(/\s+/);
  const plain = /^[\w\s./@:=+,-]+$/.test(line);
  if (plain && words[0] === 'node') {
    return { file: nodePath, args: words.slice(1) };
  }
  return { shell: plain ? `exec ${line}` : line };
}

function installPlan(
  folder: string,
  command: string | null | undefined,
  hasManifest: boolean,
): BuildPlan['install'] {
  if (typeof command === 'string') {
    return command ? { shell: command } : undefined;
  }
  if (!hasManifest) return undefined;
  return existsSync(join(folder, 'package-lock.json'))
    ? 'lockfile'
    : { shell: 'npm install --include=dev' };
}

function resolveRoot(sources: string, rootDirectory: string): string {
  const folder = resolveInside(sources, rootDirectory);
  if (existsSync(folder)) return folder;
  throw new BuildError(
    'NOT_FOUND',
    `The specified Root Directory "${rootDirectory}" does not exist. Please update your Project Settings.`,
  );
}

async function readJson<T>(
  path: string,
  schema: z.ZodType<T>,
): Promise<T | undefined> {
  if (!existsSync(path)) return undefined;
  try {
    return schema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    throw new BuildError('INVALID_FILE', `${name} is not valid: ${error}`);
  }
}
