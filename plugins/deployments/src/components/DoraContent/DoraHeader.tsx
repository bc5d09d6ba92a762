import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Stack from '@mui/material/Stack';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import Typography from '@mui/material/Typography';
import { describeError, RelativeTime } from '@forkyard/frontend-kit';
import {
  doraPeriods,
  type DoraDays,
  type DoraReport,
} from '@forkyard/plugin-deployments-common';

/** Says of what the figures are and as of when, and lets the period be chosen. */
export function DoraHeader(props: {
  report: DoraReport;
  days: DoraDays;
  onDays: (days: DoraDays) => void;
  loading: boolean;
  error?: Error;
}) {
  const { report, days, error } = props;
  return (
    <Stack spacing={1}>
      <Stack
        direction="row"
        spacing={2}
        useFlexGap
        sx={{ flexWrap: 'wrap', alignItems: 'center' }}
      >
        <ToggleButtonGroup
          size="small"
          exclusive
          value={days}
          aria-label="Period"
          onChange={(_, chosen: DoraDays | null) =>
            chosen && props.onDays(chosen)
          }
        >
          {doraPeriods.map(period => (
            <ToggleButton
              key={period}
              value={period}
              sx={{ textTransform: 'none', px: 2 }}
            >
              {period} days
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
        <Typography
          variant="caption"
          color="text.secondary"
          role="status"
          component="div"
        >
          {props.loading ? 'Loading' : <Freshness report={report} />}
        </Typography>
      </Stack>
      {error && (
        <Alert severity="warning">
          These figures are not the newest: {describeError(error).message}
        </Alert>
      )}
    </Stack>
  );
}

function Freshness({ report }: { report: DoraReport }) {
  const { scope, entities, asOf, knownSince, from } = report;
  const isShort = knownSince !== undefined && knownSince > from;
  return (
    <Box component="span">
      {!scope.entityRef &&
        `${entities} ${entities === 1 ? 'entity' : 'entities'}. `}
      {asOf ? (
        <>
          As of <RelativeTime at={asOf} />.
        </>
      ) : (
        'The provider has not been asked yet.'
      )}
      {isShort && (
        <>
          {' '}
          Nothing is known from before <RelativeTime at={knownSince} />.
        </>
      )}
    </Box>
  );
}
