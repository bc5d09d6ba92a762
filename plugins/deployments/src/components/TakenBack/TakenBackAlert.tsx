import Alert from '@mui/material/Alert';
import AlertTitle from '@mui/material/AlertTitle';
import { asSentences, RelativeTime } from '@forkyard/frontend-kit';
import { describeFailures, type TakenBack } from '../../presentation/takenBack';

/** Warns, before a version gets traffic, of what happened when it last had some. */
export function TakenBackAlert({ takenBack }: { takenBack: TakenBack }) {
  const { how, at, why } = takenBack;
  const failures = describeFailures(takenBack);
  return (
    <Alert severity="warning" sx={{ overflowWrap: 'anywhere' }}>
      <AlertTitle>
        {how === 'taken-back'
          ? 'This version was taken back'
          : 'This version was stopped before it had any traffic'}
        {at && (
          <>
            {' '}
            <RelativeTime at={at} />
          </>
        )}
        {failures && `: ${failures}`}
      </AlertTitle>
      {asSentences(why)} Promoting sends users to the same build again.
    </Alert>
  );
}
