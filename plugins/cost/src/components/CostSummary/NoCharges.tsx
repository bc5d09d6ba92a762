import { EmptyState } from '@forkyard/frontend-kit';

/** Says what will be here, and when, while nothing was charged. */
export function NoCharges(props: { compact?: boolean }) {
  return (
    <EmptyState
      compact={props.compact}
      title="Nothing has been charged yet"
      description="Charges appear here by themselves once the provider bills the first use of this project, which may take it a day."
    />
  );
}
