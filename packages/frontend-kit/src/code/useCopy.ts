import { useCallback, useEffect, useState } from 'react';

/** @public */
export type CopyState = 'idle' | 'copied' | 'failed';

/**
 * Copies text to the clipboard and says for two seconds whether it worked.
 *
 * @public
 */
export function useCopy(): { state: CopyState; copy(text: string): void } {
  const [state, setState] = useState<CopyState>('idle');
  useEffect(() => {
    if (state === 'idle') return undefined;
    const timer = setTimeout(() => setState('idle'), 2_000);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = useCallback((text: string) => {
    // The clipboard is absent where the page is not served securely.
    const writing = navigator.clipboard
      ? navigator.clipboard.writeText(text)
      : Promise.reject(new Error('No clipboard'));
    writing.then(
      () => setState('copied'),
      () => setState('failed'),
    );
  }, []);
  return { state, copy };
}
