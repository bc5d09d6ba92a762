import { useId, useState } from 'react';
import { useApi } from '@backstage/frontend-plugin-api';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import Typography from '@mui/material/Typography';
import { ErrorState, RelativeTime, StatusBadge } from '@forkyard/frontend-kit';
import type { SourceState } from '@forkyard/plugin-security-findings-common';
import { securityFindingsApiRef } from '../../api/securityFindingsApiRef';
import { conditions, sourceTitles } from '../../presentation/findingWords';

/** Says of each source whether it was read, when, and why there is nothing newer. */
export function SourceStates(props: {
  entityRef: string;
  sources: SourceState[];
  onRefreshed: () => void;
}) {
  const titleId = useId();
  const api = useApi(securityFindingsApiRef);
  const [asking, setAsking] = useState(false);
  const [error, setError] = useState<unknown>();
  async function askAgain() {
    setAsking(true);
    setError(undefined);
    try {
      await api.refreshEntity({ entityRef: props.entityRef });
      props.onRefreshed();
    } catch (caught) {
      setError(caught);
    } finally {
      setAsking(false);
    }
  }
  return (
    <Box component="section" aria-labelledby={titleId}>
      <Stack
        direction="row"
        spacing={2}
        useFlexGap
        sx={{ flexWrap: 'wrap', alignItems: 'center', mb: 1 }}
      >
        <Typography id={titleId} variant="h2" sx={{ m: 0, flexGrow: 1 }}>
          Sources
        </Typography>
        <Button
          size="small"
          variant="outlined"
          disabled={asking}
          onClick={askAgain}
        >
          {asking ? 'Reading all sources' : 'Read all sources now'}
        </Button>
      </Stack>
      {error !== undefined && (
        <ErrorState
          compact
          title="The sources could not be read"
          error={error}
          onRetry={askAgain}
        />
      )}
      <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {props.sources.map(source => (
          <Source
            key={`${source.source}/${source.category ?? ''}`}
            source={source}
          />
        ))}
      </Box>
    </Box>
  );
}

function Source({ source }: { source: SourceState }) {
  const { label, status } = conditions[source.condition];
  return (
    <Box
      component="li"
      sx={{
        display: 'grid',
        gridTemplateColumns: { xs: '1fr', sm: '240px 160px 1fr' },
        columnGap: 2,
        rowGap: 0.5,
        alignItems: 'center',
        py: 1,
        borderBottom: 1,
        borderColor: 'divider',
      }}
    >
      <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
        {sourceTitles[source.source]}
        {source.category && ` (${source.category})`}
      </Typography>
      <StatusBadge status={status} label={label} />
      <Typography
        variant="body2"
        color="text.secondary"
        sx={{ overflowWrap: 'anywhere' }}
      >
        {source.open} open
        {source.asOf && (
          <>
            , as of <RelativeTime at={source.asOf} />
          </>
        )}
        {source.staleReason && `. ${source.staleReason}`}
      </Typography>
    </Box>
  );
}
