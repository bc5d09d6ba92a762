import { useEffect, useState } from 'react';

/**
 * Gives the current time and a new one every interval, so that what is shown
 * relative to now stays true.
 *
 * @public
 */
export function useNow(options?: {
  intervalMs?: number;
  enabled?: boolean;
}): Date {
  const { intervalMs = 30_000, enabled = true } = options ?? {};
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    if (!enabled) return undefined;
    setNow(new Date());
    const timer = setInterval(() => setNow(new Date()), intervalMs);
    return () => clearInterval(timer);
  }, [intervalMs, enabled]);
  return now;
}
