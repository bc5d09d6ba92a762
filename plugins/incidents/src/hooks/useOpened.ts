import { useCallback } from 'react';
import { useSearchParams } from 'react-router-dom';

/** What is open in the tab, as its address says. */
export interface Opened {
  runbook?: string;
  alert?: string;
  run?: string;
}

const members = ['runbook', 'alert', 'run'] as const;

/** Keeps what is open in the address, so that a link from an alert opens it. */
export function useOpened(): [Opened, (next: Opened) => void] {
  const [search, setSearch] = useSearchParams();
  const opened: Opened = {};
  for (const member of members) {
    opened[member] = search.get(member) ?? undefined;
  }
  const open = useCallback(
    (next: Opened) =>
      setSearch(before => {
        const after = new URLSearchParams(before);
        for (const member of members) {
          const value = next[member];
          if (value) after.set(member, value);
          else after.delete(member);
        }
        return after;
      }),
    [setSearch],
  );
  return [opened, open];
}
