import { useCallback, useEffect, useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import type { LogLine } from '@forkyard/frontend-kit';
import type { BuildLogLine } from '@forkyard/plugin-deployments-common';
import { deploymentsApiRef } from '../api/deploymentsApiRef';

export interface BuildLog {
  lines: LogLine[];
  /** Whether more lines are expected. */
  live: boolean;
  error?: Error;
  retry: () => void;
}

/** Lines are drawn at most this often, however fast they come. */
const drawEveryMs = 100;

/** Reads a deployment's build log and follows it until the build ends. */
export function useBuildLog(deploymentId: string): BuildLog {
  const api = useApi(deploymentsApiRef);
  const [attempt, setAttempt] = useState(0);
  const [lines, setLines] = useState<LogLine[]>([]);
  const [live, setLive] = useState(true);
  const [error, setError] = useState<Error>();

  useEffect(() => {
    const controller = new AbortController();
    let pending: LogLine[] = [];
    function draw() {
      if (pending.length === 0) return;
      const drawn = pending;
      pending = [];
      setLines(before => [...before, ...drawn]);
    }
    async function read() {
      const stream = api.streamBuildLog(
        { id: deploymentId, follow: true },
        { signal: controller.signal },
      );
      for await (const line of stream) pending.push(toLogLine(line));
    }
    setLines([]);
    setError(undefined);
    setLive(true);
    const timer = setInterval(draw, drawEveryMs);
    read()
      .catch(
        failure => !controller.signal.aborted && setError(toError(failure)),
      )
      .finally(() => {
        clearInterval(timer);
        if (controller.signal.aborted) return;
        draw();
        setLive(false);
      });
    return () => {
      clearInterval(timer);
      controller.abort();
    };
  }, [api, deploymentId, attempt]);

  const retry = useCallback(() => setAttempt(count => count + 1), []);
  return { lines, live, error, retry };
}

/** Tools write progress and warnings to stderr too, so only errors are marked. */
function toLogLine(line: BuildLogLine): LogLine {
  const failed = line.stream === 'stderr' && /\berror\b/i.test(line.text);
  return {
    sequence: line.sequence,
    at: line.at,
    text: line.text,
    level: failed ? 'error' : 'info',
  };
}

function toError(failure: unknown): Error {
  return failure instanceof Error ? failure : new Error(String(failure));
}
