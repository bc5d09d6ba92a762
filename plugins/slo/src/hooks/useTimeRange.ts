import { useSearchParams } from 'react-router-dom';
import { isTimeRange, type TimeRange } from '../presentation/timeRanges';

/** Keeps the time range in the address, so that a link shows the same. */
export function useTimeRange(): [TimeRange, (range: TimeRange) => void] {
  const [search, setSearch] = useSearchParams();
  const asked = search.get('range');
  const range = isTimeRange(asked) ? asked : '24h';
  return [
    range,
    next =>
      setSearch(
        before => {
          const after = new URLSearchParams(before);
          after.set('range', next);
          return after;
        },
        { replace: true },
      ),
  ];
}
