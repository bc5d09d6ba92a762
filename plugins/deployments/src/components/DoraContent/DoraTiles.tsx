import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import Typography from '@mui/material/Typography';
import type {
  DoraMetric,
  DoraMetricName,
  DoraReport,
} from '@forkyard/plugin-deployments-common';
import {
  describeCases,
  doraWords,
  formatMetricValue,
} from '../../presentation/doraWords';
import { DoraTrend } from './DoraTrend';

/** The five figures; each chooses the deployments that it is of. */
export function DoraTiles(props: {
  report: DoraReport;
  chosen: DoraMetricName;
  onChoose: (metric: DoraMetricName) => void;
}) {
  const { report, chosen, onChoose } = props;
  return (
    <Box
      role="group"
      aria-label="DORA's five metrics"
      sx={{
        display: 'grid',
        gap: 2,
        gridTemplateColumns: 'repeat(auto-fit, minmax(min(100%, 152px), 1fr))',
      }}
    >
      {report.metrics.map(metric => (
        <Tile
          key={metric.metric}
          metric={metric}
          chosen={metric.metric === chosen}
          onChoose={() => onChoose(metric.metric)}
        />
      ))}
    </Box>
  );
}

function Tile(props: {
  metric: DoraMetric;
  chosen: boolean;
  onChoose: () => void;
}) {
  const { metric, chosen } = props;
  const words = doraWords[metric.metric];
  const isKnown = metric.value !== undefined;
  return (
    <ButtonBase
      aria-pressed={chosen}
      onClick={props.onChoose}
      title={words.meaning}
      sx={theme => ({
        display: 'flex',
        flexDirection: 'column',
        alignItems: 'flex-start',
        justifyContent: 'flex-start',
        gap: 0.5,
        p: 2,
        textAlign: 'left',
        borderRadius: 1,
        border: `1px solid ${chosen ? theme.palette.primary.main : theme.palette.divider}`,
        boxShadow: chosen
          ? `inset 0 0 0 1px ${theme.palette.primary.main}`
          : 'none',
        backgroundColor: theme.palette.background.paper,
        '&:hover': { backgroundColor: theme.palette.action.hover },
        '&:focus-visible': {
          outline: `2px solid ${theme.palette.primary.main}`,
          outlineOffset: 2,
        },
      })}
    >
      <Typography variant="subtitle2" component="span" color="text.primary">
        {words.title}
      </Typography>
      <Typography
        variant="h5"
        component="span"
        color={isKnown ? 'text.primary' : 'text.secondary'}
        sx={{ fontVariantNumeric: 'tabular-nums', m: 0 }}
      >
        {metric.value === undefined
          ? 'Unknown'
          : formatMetricValue(metric.value, metric.unit)}
      </Typography>
      <Typography variant="body2" component="span" color="text.secondary">
        {isKnown ? describeCases(metric) : whyUnknown(metric)}
      </Typography>
      <DoraTrend metric={metric} />
    </ButtonBase>
  );
}

function whyUnknown(metric: DoraMetric): string {
  const { unknown, metric: name } = metric;
  if (name === 'change-lead-time' && unknown > 0) {
    return `The times of ${unknown === 1 ? 'the one commit' : `all ${unknown} commits`} are not known`;
  }
  return doraWords[name].unknown;
}
