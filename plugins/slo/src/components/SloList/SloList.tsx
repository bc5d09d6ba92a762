import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import Paper from '@mui/material/Paper';
import Typography from '@mui/material/Typography';
import { StatusBadge, useNow } from '@forkyard/frontend-kit';
import type { Slo } from '@forkyard/plugin-slo-common';
import { sloSentence, sloStatuses } from '../../presentation/sloWords';

/** Lists the SLOs with how each stands; the chosen one is explained below. */
export function SloList(props: {
  slos: Slo[];
  chosen: Slo;
  onChoose: (slo: Slo) => void;
}) {
  const { slos, chosen, onChoose } = props;
  const now = useNow();
  return (
    <Paper
      variant="outlined"
      component="ul"
      aria-label="SLOs"
      sx={{ listStyle: 'none', m: 0, p: 0, overflow: 'hidden' }}
    >
      {slos.map(slo => (
        <Box
          component="li"
          key={slo.id}
          sx={{ '& + &': { borderTop: 1, borderColor: 'divider' } }}
        >
          <ButtonBase
            onClick={() => onChoose(slo)}
            aria-pressed={slo.id === chosen.id}
            sx={{
              width: '100%',
              display: 'block',
              textAlign: 'left',
              px: 2,
              py: 1.25,
              borderLeft: 3,
              borderColor:
                slo.id === chosen.id ? 'primary.main' : 'transparent',
              '&:hover': { bgcolor: 'action.hover' },
              '&.Mui-focusVisible': {
                outline: '2px solid',
                outlineColor: 'primary.main',
                outlineOffset: -2,
              },
            }}
          >
            <Box
              sx={{
                display: 'flex',
                flexWrap: 'wrap',
                alignItems: 'center',
                columnGap: 1.5,
              }}
            >
              <Typography variant="subtitle2" component="span">
                {slo.title}
              </Typography>
              <StatusBadge status={sloStatuses[slo.status]} />
            </Box>
            <Typography
              variant="body1"
              sx={{ fontVariantNumeric: 'tabular-nums' }}
            >
              {sloSentence(slo, now)}
            </Typography>
            <Typography variant="caption" color="text.secondary">
              {slo.statusReason}
            </Typography>
          </ButtonBase>
        </Box>
      ))}
    </Paper>
  );
}
