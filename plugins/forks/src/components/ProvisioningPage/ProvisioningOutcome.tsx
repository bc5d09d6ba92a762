import { Link as RouterLink } from 'react-router-dom';
import Alert from '@mui/material/Alert';
import AlertTitle from '@mui/material/AlertTitle';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Link from '@mui/material/Link';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { asSentences } from '@forkyard/frontend-kit';
import type { Provisioning } from '@forkyard/plugin-forks-common';
import { useEntityAddress } from '../../hooks/useAddresses';
import { stepTitles } from './describeProvisioning';

/** Says how a provisioning ended: what one has now, or what to do. */
export function ProvisioningOutcome(props: { provisioning: Provisioning }) {
  switch (props.provisioning.state) {
    case 'succeeded':
      return <Success provisioning={props.provisioning} />;
    case 'failed':
      return <Failure provisioning={props.provisioning} />;
    case 'unwound':
      return (
        <Alert severity="info">
          Nothing of {props.provisioning.forkName} is left, and its name is free
          again.
        </Alert>
      );
    default:
      return null;
  }
}

function Success({ provisioning }: { provisioning: Provisioning }) {
  const entityAddress = useEntityAddress();
  const { forkName, entityRef, productionUrl, repositoryUrl } = provisioning;
  const catalogPage = entityAddress(entityRef);
  return (
    <Stack spacing={2} component="section" aria-label="Your fork">
      <Box
        component="dl"
        sx={{
          m: 0,
          display: 'grid',
          gridTemplateColumns: 'max-content minmax(0, 1fr)',
          columnGap: 2,
          rowGap: 0.5,
          '& dt': { color: 'text.secondary' },
          '& dd': { m: 0, overflowWrap: 'anywhere' },
        }}
      >
        {productionUrl && <Address term="URL" href={productionUrl} />}
        {repositoryUrl && <Address term="Repository" href={repositoryUrl} />}
        {catalogPage && (
          <>
            <dt>Catalog page</dt>
            <dd>
              <Link component={RouterLink} to={catalogPage}>
                {entityRef}
              </Link>
            </dd>
          </>
        )}
      </Box>
      <Stack direction="row" spacing={1} useFlexGap sx={{ flexWrap: 'wrap' }}>
        {productionUrl && (
          <Button
            variant="contained"
            href={productionUrl}
            target="_blank"
            rel="noopener"
          >
            Open {forkName}
          </Button>
        )}
        {catalogPage && (
          <Button component={RouterLink} to={catalogPage} variant="outlined">
            Go to its catalog page
          </Button>
        )}
      </Stack>
    </Stack>
  );
}

function Address({ term, href }: { term: string; href: string }) {
  return (
    <>
      <dt>{term}</dt>
      <dd>
        <Link href={href} target="_blank" rel="noopener">
          {href}
        </Link>
      </dd>
    </>
  );
}

function Failure({ provisioning }: { provisioning: Provisioning }) {
  const step = provisioning.steps.find(({ state }) => state === 'failed');
  if (!step) return null;
  return (
    <Alert severity="error">
      <AlertTitle>{stepTitles[step.id].name} failed</AlertTitle>
      <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
        {asSentences(
          step.error?.message ?? 'The step gave no reason; its log may',
        )}
      </Typography>
      <Typography variant="body2" sx={{ mt: 1 }}>
        {asSentences(
          step.error?.action ?? 'Read the log, then resume or unwind',
          step.error?.retryable === false &&
            'Resuming without a change will fail again',
          'What exists already is kept',
        )}
      </Typography>
    </Alert>
  );
}
