import { useCallback, useEffect, useRef, useState } from 'react';
import { useSignal } from '@backstage/plugin-signals-react';

/** @public */
export interface SignalOrPollOptions<T> {
  /** Signal channel; each message on it loads anew. */
  channel: string;
  /** Identifies what is loaded; another key loads anew. */
  key: string;
  load: (signal: AbortSignal) => Promise<T>;
  /**
   * Polling interval, or `false` for none, possibly depending on what was
   * loaded last. Default 5 s.
   */
  pollMs?: number | ((value: T | undefined) => number | false);
  /** Keeps showing the value of the last key while the next one loads. */
  keepPrevious?: boolean;
}

/** @public */
export interface SignalOrPollResult<T> {
  value?: T;
  /** Why the last attempt failed; the value before it is kept. */
  error?: Error;
  /** Whether the value of this key has not come yet. */
  loading: boolean;
  refresh: () => void;
}

interface Loaded<T> {
  key: string;
  value?: T;
  error?: Error;
}

const longestPollMs = 60_000;
/** With signals, polling only finds what a lost message would have said. */
const signalledPollFactor = 6;

/**
 * Loads a value and keeps it fresh: at every signal when signals are
 * installed, else by polling, which backs off while the backend fails and
 * pauses while the page is hidden.
 *
 * @public
 */
export function useSignalOrPoll<T>(
  options: SignalOrPollOptions<T>,
): SignalOrPollResult<T> {
  const { key, channel } = options;
  const latest = useRef(options);
  latest.current = options;
  const [loaded, setLoaded] = useState<Loaded<T>>();
  const [generation, setGeneration] = useState(0);
  const { lastSignal, isSignalsAvailable } = useSignal(channel);
  const refresh = useCallback(() => setGeneration(count => count + 1), []);

  useEffect(() => {
    if (lastSignal) refresh();
  }, [lastSignal, refresh]);

  useEffect(() => {
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let failures = 0;

    function schedule(value: T | undefined) {
      const { pollMs = 5_000 } = latest.current;
      const intervalMs = typeof pollMs === 'function' ? pollMs(value) : pollMs;
      if (intervalMs === false) return;
      const patience =
        (isSignalsAvailable && failures === 0 ? signalledPollFactor : 1) *
        2 ** failures;
      timer = setTimeout(run, Math.min(intervalMs * patience, longestPollMs));
    }

    async function run() {
      if (document.hidden) {
        document.addEventListener('visibilitychange', run, { once: true });
        return;
      }
      try {
        const value = await latest.current.load(controller.signal);
        if (controller.signal.aborted) return;
        failures = 0;
        setLoaded({ key, value });
        schedule(value);
      } catch (error) {
        if (controller.signal.aborted) return;
        failures += 1;
        setLoaded(previous => ({
          key,
          value: previous?.key === key ? previous.value : undefined,
          error: error instanceof Error ? error : new Error(String(error)),
        }));
        schedule(undefined);
      }
    }

    run();
    return () => {
      controller.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', run);
    };
  }, [key, generation, isSignalsAvailable]);

  const current = loaded?.key === key ? loaded : undefined;
  const shown = current ?? (options.keepPrevious ? loaded : undefined);
  return {
    value: shown?.value,
    error: current?.error,
    loading: !current,
    refresh,
  };
}
