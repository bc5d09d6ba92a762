import { useState } from 'react';
import { useEntity } from '@backstage/plugin-catalog-react';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { describeError, EmptyState } from '@forkyard/frontend-kit';
import { ANNOTATION_SLO } from '@forkyard/plugin-slo-common';
import { sloFilePath } from '../../presentation/isMeasuredEntity';

/** Says what to do for SLOs to appear here. */
export function NoSlos(props: { onReadAgain: () => Promise<unknown> }) {
  const { entity } = useEntity();
  const [reading, setReading] = useState(false);
  const [error, setError] = useState<unknown>();
  const path = sloFilePath(entity);
  async function readAgain() {
    setReading(true);
    setError(undefined);
    await props.onReadAgain().catch(setError);
    setReading(false);
  }
  return (
    <EmptyState
      title={`SLOs appear when ${path} is in the repository`}
      description={
        <>
          Write what users may expect as OpenSLO v1 (objects of kind SLO with a
          target and a time window), and push it to the default branch. The
          annotation <code>{ANNOTATION_SLO}</code> names another path.
        </>
      }
      action={
        <>
          <Button
            size="small"
            variant="outlined"
            disabled={reading}
            onClick={readAgain}
          >
            {reading ? 'Reading…' : 'Read the repository again'}
          </Button>
          {Boolean(error) && (
            <Typography role="alert" variant="body2" color="error">
              {describeError(error).message}
            </Typography>
          )}
        </>
      }
    />
  );
}
