import Alert from '@mui/material/Alert';
import AlertTitle from '@mui/material/AlertTitle';
import { asSentences, RelativeTime } from '@forkyard/frontend-kit';
import { describeFailures, type TakenBack } from '../../presentation/takenBack';

/**
 * Warns, before a version gets traffic, of what happened when it, or another
 * build of its commit, last had some.
 */
export function TakenBackAlert(props: {
  takenBack: TakenBack;
  /** What was taken back; this version unless told otherwise. */
  subject?: string;
}) {
  const { takenBack, subject = 'This version' } = props;
  const { how, at, why } = takenBack;
  const failures = describeFailures(takenBack);
  return (
    <Alert severity="warning" sx={{ overflowWrap: 'anywhere' }}>
      <AlertTitle>
        {how === 'taken-back'
          ? `${subject} was taken back`
          : `${subject} was stopped before it had any traffic`}
        {at && (
          <>
            {' '}
            <RelativeTime at={at} />
          </>
        )}
        {failures && `: ${failures}`}
      </AlertTitle>
      {asSentences(why)}{' '}
      {how === 'taken-back'
        ? `Promoting sends users to the same ${props.subject ? 'code' : 'build'} again.`
        : 'Promoting lets users meet it.'}
    </Alert>
  );
}
