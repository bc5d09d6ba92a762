import { useState } from 'react';

/**
 * Says what changed since a dialog was opened, from a description of what it
 * is about; undefined while that is as it was. What it is `about` may be
 * another thing by the reader's own choice, which is no change.
 */
export function useChange(now: string, about = ''): string | undefined {
  const [opened, setOpened] = useState({ about, now });
  const isOther = opened.about !== about;
  if (isOther) setOpened({ about, now });
  const before = isOther ? now : opened.now;
  return now === before
    ? undefined
    : `This changed while you were reading: it was ${before}, now it is ${now}.`;
}
