import {
  createContext,
  useContext,
  useState,
  useSyncExternalStore,
  type ReactNode,
} from 'react';

/** Holds the moment under the pointer, apart from React, so that moving it draws only what follows it. */
export class CrossHair {
  #at: number | undefined;
  readonly #listeners = new Set<() => void>();

  readonly get = (): number | undefined => this.#at;

  readonly set = (at: number | undefined): void => {
    if (at === this.#at) return;
    this.#at = at;
    this.#listeners.forEach(listener => listener());
  };

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}

const CrossHairContext = createContext<CrossHair | undefined>(undefined);

/**
 * Lets the charts inside share one hover cross-hair.
 *
 * @public
 */
export function ChartGroup(props: { children: ReactNode }) {
  const [crossHair] = useState(() => new CrossHair());
  return (
    <CrossHairContext.Provider value={crossHair}>
      {props.children}
    </CrossHairContext.Provider>
  );
}

/** Gives the page's cross-hair, or one of the chart's own. */
export function useCrossHair(): CrossHair {
  const shared = useContext(CrossHairContext);
  const [own] = useState(() => new CrossHair());
  return shared ?? own;
}

export interface TimeAxisEnds {
  from: Date;
  to: Date;
}

/** Gives the moment under the cross-hair, when it lies within a chart's axis. */
export function useCrossHairTime(
  crossHair: CrossHair,
  axis: TimeAxisEnds,
): number | undefined {
  const at = useSyncExternalStore(crossHair.subscribe, crossHair.get);
  return at !== undefined &&
    at >= axis.from.getTime() &&
    at <= axis.to.getTime()
    ? at
    : undefined;
}
