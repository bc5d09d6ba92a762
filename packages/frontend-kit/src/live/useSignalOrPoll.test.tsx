import type { ReactNode } from 'react';
import { act, renderHook, waitFor } from '@testing-library/react';
import { TestApiProvider } from '@backstage/frontend-test-utils';
import { signalApiRef } from '@backstage/plugin-signals-react';
import type { JsonObject } from '@backstage/types';
import { useSignalOrPoll, type SignalOrPollOptions } from './useSignalOrPoll';

class FakeSignals {
  readonly listeners = new Map<string, (message: JsonObject) => void>();
  subscribe<T extends JsonObject>(
    channel: string,
    onMessage: (message: T) => void,
  ) {
    this.listeners.set(channel, message => onMessage(message as T));
    return { unsubscribe: () => this.listeners.delete(channel) };
  }
}

function withoutSignals({ children }: { children: ReactNode }) {
  return <TestApiProvider apis={[]}>{children}</TestApiProvider>;
}

function render(
  options: Partial<SignalOrPollOptions<string>>,
  signals?: FakeSignals,
) {
  const initialProps: SignalOrPollOptions<string> = {
    channel: 'test',
    key: 'a',
    load: async () => 'value',
    ...options,
  };
  return renderHook(
    (props: SignalOrPollOptions<string>) => useSignalOrPoll(props),
    {
      initialProps,
      wrapper: signals
        ? ({ children }) => (
            <TestApiProvider apis={[[signalApiRef, signals]]}>
              {children}
            </TestApiProvider>
          )
        : withoutSignals,
    },
  );
}

function setHidden(hidden: boolean) {
  Object.defineProperty(document, 'hidden', {
    configurable: true,
    get: () => hidden,
  });
  document.dispatchEvent(new Event('visibilitychange'));
}

describe('useSignalOrPoll', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
    setHidden(false);
  });

  async function pass(milliseconds: number) {
    await act(async () => {
      await jest.advanceTimersByTimeAsync(milliseconds);
    });
  }

  it('loads at once and polls when there are no signals', async () => {
    const load = jest.fn().mockResolvedValue('first');
    const { result } = render({ load, pollMs: 1_000 });
    expect(result.current.loading).toBe(true);
    await pass(0);
    expect(result.current).toMatchObject({ value: 'first', loading: false });
    load.mockResolvedValue('second');
    await pass(1_000);
    expect(result.current.value).toBe('second');
  });

  it('keeps the last value and waits longer each time while loading fails', async () => {
    const load = jest.fn().mockResolvedValueOnce('first');
    const { result } = render({ load, pollMs: 1_000 });
    await pass(0);
    load.mockRejectedValue(new Error('down'));
    await pass(1_000);
    expect(result.current).toMatchObject({ value: 'first' });
    expect(result.current.error?.message).toBe('down');
    expect(load).toHaveBeenCalledTimes(2);
    await pass(1_999);
    expect(load).toHaveBeenCalledTimes(2);
    await pass(1);
    expect(load).toHaveBeenCalledTimes(3);
    await pass(3_999);
    expect(load).toHaveBeenCalledTimes(3);
    load.mockResolvedValue('again');
    await pass(1);
    expect(result.current.value).toBe('again');
    expect(result.current.error).toBeUndefined();
  });

  it('loads at each signal and hardly polls then', async () => {
    const signals = new FakeSignals();
    const load = jest.fn().mockResolvedValue('value');
    render({ load, pollMs: 1_000 }, signals);
    await pass(0);
    await pass(5_000);
    expect(load).toHaveBeenCalledTimes(1);
    act(() => signals.listeners.get('test')?.({ changed: true }));
    await pass(0);
    expect(load).toHaveBeenCalledTimes(2);
  });

  it('stops polling when the value says there is no more to come', async () => {
    const load = jest.fn().mockResolvedValue('done');
    render({ load, pollMs: value => (value === 'done' ? false : 1_000) });
    await pass(60_000);
    expect(load).toHaveBeenCalledTimes(1);
  });

  it('rests while the page is hidden and loads when it is seen again', async () => {
    const load = jest.fn().mockResolvedValue('value');
    render({ load, pollMs: 1_000 });
    await pass(0);
    setHidden(true);
    await pass(30_000);
    expect(load).toHaveBeenCalledTimes(1);
    act(() => setHidden(false));
    await pass(0);
    expect(load).toHaveBeenCalledTimes(2);
  });

  it('drops the value of another key unless told to keep it, and aborts its load', async () => {
    const seen: AbortSignal[] = [];
    const load = jest.fn(async (signal: AbortSignal) => {
      seen.push(signal);
      return `value ${seen.length}`;
    });
    const { result, rerender } = render({ load });
    await pass(0);
    rerender({ channel: 'test', key: 'b', load });
    expect(result.current).toMatchObject({ value: undefined, loading: true });
    expect(seen[0].aborted).toBe(true);
    await pass(0);
    rerender({ channel: 'test', key: 'c', load, keepPrevious: true });
    expect(result.current).toMatchObject({ value: 'value 2', loading: true });
  });

  it('loads anew when asked, and wraps what is not an error', async () => {
    const load = jest.fn().mockRejectedValue('words');
    const { result } = render({ load });
    await pass(0);
    expect(result.current.error?.message).toBe('words');
    load.mockResolvedValue('value');
    act(() => result.current.refresh());
    await act(async () => {});
    jest.useRealTimers();
    await waitFor(() => expect(result.current.value).toBe('value'));
  });
});
