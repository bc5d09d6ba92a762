import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';

/** A local-cloud that runs as a process of its own. */
export interface MainProcess {
  child: ChildProcess;
  /** The line that says where it listens. */
  ready: Promise<string>;
  ended: Promise<{ code: number | null; output: string }>;
}

/** Starts local-cloud as users do, on free ports unless the environment says others. */
export function startMain(environment: NodeJS.ProcessEnv): MainProcess {
  const child = spawn(
    process.execPath,
    [
      '--require',
      require.resolve('@backstage/cli-node/config/nodeTransform.cjs'),
      path.join(__dirname, '..', 'main.ts'),
    ],
    {
      env: {
        PATH: process.env.PATH,
        LOCAL_CLOUD_GITHUB_PORT: '0',
        LOCAL_CLOUD_VERCEL_PORT: '0',
        LOCAL_CLOUD_GATEWAY_PORT: '0',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  const ready = new Promise<string>(resolve => {
    const read = (chunk: Buffer) => {
      output += chunk;
      const line = /^local-cloud ready: .*$/m.exec(output);
      if (line) {
        resolve(line[0]);
      }
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
  });
  const ended = new Promise<{ code: number | null; output: string }>(resolve =>
    child.on('close', code => resolve({ code, output })),
  );
  return { child, ready, ended };
}
