import { mkdir } from 'node:fs/promises';
import {
  BuildError,
  createBuildPlan,
  createLaunchPlan,
  type BuildPlan,
  type BuildSettings,
  type LaunchPlan,
} from './buildPlan';
import type { DependencyCache } from './DependencyCache';
import { buildEnvironment, type Toolchain } from './processEnvironment';
import type { ProcessRecords } from './ProcessRecords';
import { runCommand, type Command } from './runCommand';

export interface BuildRequest {
  deploymentId: string;
  /** Where the sources go and the build happens; exists and is empty. */
  folder: string;
  /** Writes the sources into the folder. */
  writeSources(folder: string): Promise<void>;
  settings: BuildSettings;
  variables: Record<string, string>;
  onLine(line: string, stream: 'stdout' | 'stderr' | 'command'): void;
  signal: AbortSignal;
}

/** What every build of a runtime shares. */
export interface BuildContext {
  toolchain: Toolchain;
  cache: DependencyCache;
  records: ProcessRecords;
  timeoutMillis: number;
}

/**
 * Builds one deployment for real: sources, dependencies, build command.
 *
 * Throws `BuildError` for what the application's developer can repair.
 */
export async function buildDeployment(
  request: BuildRequest,
  context: BuildContext,
): Promise<LaunchPlan> {
  await mkdir(request.folder, { recursive: true });
  await request.writeSources(request.folder);
  const plan = await createBuildPlan(request.folder, request.settings);
  await install(plan, request, context);
  if (plan.build) {
    request.onLine(`Running "${plan.build.shell}"`, 'command');
    await runStep(plan.build, plan, request, context);
  }
  return createLaunchPlan(plan, context.toolchain.nodePath);
}

async function install(
  plan: BuildPlan,
  request: BuildRequest,
  context: BuildContext,
): Promise<void> {
  if (!plan.install) return;
  if (plan.install !== 'lockfile') {
    request.onLine(`Running "${plan.install.shell}"`, 'command');
    await runStep(plan.install, plan, request, context);
    return;
  }
  const { cache } = context;
  const key = await cache.findKey(plan.folder, process.version);
  if (!key) {
    await installFromLockfile(plan, request, context);
    return;
  }
  await cache.withKey(key, async () => {
    request.signal.throwIfAborted();
    const started = Date.now();
    if (await cache.restore(key, plan.folder)) {
      request.onLine(
        `Restored dependencies of package-lock.json from the build cache in ${
          Date.now() - started
        } ms (${key.slice(0, 12)})`,
        'stdout',
      );
      return;
    }
    await installFromLockfile(plan, request, context);
    await cache.save(key, plan.folder);
  });
}

async function installFromLockfile(
  plan: BuildPlan,
  request: BuildRequest,
  context: BuildContext,
): Promise<void> {
  request.onLine('Running "npm ci"', 'command');
  const { nodePath, npmCliPath } = context.toolchain;
  const args = [npmCliPath, 'ci', '--include=dev', '--prefer-offline'];
  await runStep({ file: nodePath, args }, plan, request, context, 'npm ci');
}

async function runStep(
  command: Command,
  plan: BuildPlan,
  request: BuildRequest,
  context: BuildContext,
  title = 'shell' in command ? command.shell : command.file,
): Promise<void> {
  const result = await runCommand({
    command,
    cwd: plan.folder,
    env: buildEnvironment({
      toolchain: context.toolchain,
      cwd: plan.folder,
      variables: request.variables,
    }),
    onLine: request.onLine,
    signal: request.signal,
    timeoutMillis: context.timeoutMillis,
    records: context.records,
    recordName: `build-${request.deploymentId}`,
  });
  if (result.timedOut) {
    throw new BuildError(
      'BUILD_TIMEOUT',
      `Command "${title}" was stopped after ${Math.round(
        context.timeoutMillis / 1000,
      )} s`,
    );
  }
  if (result.exitCode !== 0) {
    throw new BuildError(
      'BUILD_UTILS_SPAWN_1',
      `Command "${title}" exited with ${result.exitCode ?? 'a signal'}`,
    );
  }
}
