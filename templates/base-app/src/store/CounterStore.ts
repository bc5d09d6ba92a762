/** Counts what happens within a window of time. */
export interface CounterStore {
  readonly kind: 'memory' | 'redis';
  /** Adds one and tells the count and when it starts again from zero. */
  increment(
    key: string,
    windowSeconds: number,
  ): Promise<{ count: number; resetSeconds: number }>;
  check(): Promise<'ok' | 'down'>;
  close(): Promise<void>;
}
