import Typography from '@mui/material/Typography';
import { asSentences, RelativeTime } from '@forkyard/frontend-kit';
import type { TakenBack } from '../../presentation/takenBack';

/** Says beneath a version when and why it was taken back. */
export function TakenBackLine({ takenBack }: { takenBack: TakenBack }) {
  const { how, at, why } = takenBack;
  return (
    <Typography
      variant="body2"
      color="text.secondary"
      sx={{ overflowWrap: 'anywhere' }}
    >
      {how === 'taken-back' ? 'Taken back' : 'Stopped before any traffic'}
      {at && (
        <>
          {' '}
          <RelativeTime at={at} />
        </>
      )}
      : {asSentences(why)}
    </Typography>
  );
}
