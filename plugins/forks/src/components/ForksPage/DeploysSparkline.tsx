import Box from '@mui/material/Box';
import { Sparkline } from '@forkyard/frontend-kit';
import type { Fork } from '@forkyard/plugin-forks-common';

const DAYS = 14;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Draws how often production changed its version, of each of 14 days in UTC. */
export function DeploysSparkline(props: {
  fork: Pick<Fork, 'deploysByDay'>;
  /** Milliseconds since 1970; now by default. */
  now?: number;
}) {
  const { fork, now = Date.now() } = props;
  const counts = new Map(
    fork.deploysByDay.map(({ date, count }) => [date, count]),
  );
  const values = Array.from({ length: DAYS }, (_, index) => {
    const day = new Date(now - (DAYS - 1 - index) * DAY_MS);
    return counts.get(day.toISOString().slice(0, 10)) ?? 0;
  });
  const total = values.reduce((sum, value) => sum + value, 0);
  if (total === 0) return null;
  const label = `${total} ${total === 1 ? 'deployment' : 'deployments'} to production in ${DAYS} days, ${values[DAYS - 1]} today`;
  return (
    <Box component="span" title={label}>
      <Sparkline label={label} values={values} width={80} height={18} />
    </Box>
  );
}
