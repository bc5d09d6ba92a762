import { useId, useState, type ReactNode } from 'react';
import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import Typography from '@mui/material/Typography';
import ExpandIcon from '@mui/icons-material/ExpandMore';
import { RelativeTime } from '@forkyard/frontend-kit';
import type { Finding } from '@forkyard/plugin-security-findings-common';
import {
  placeOf,
  sourceTitles,
  stateTitles,
} from '../../presentation/findingWords';
import { SeverityLabel } from '../SeverityLabel';
import { FindingDetails } from './FindingDetails';

/** One finding; it unfolds to where it is and what to do. */
export function FindingRow(props: { finding: Finding; actions: ReactNode }) {
  const { finding } = props;
  const [isOpen, setIsOpen] = useState(false);
  const headId = useId();
  const bodyId = useId();
  return (
    <Box component="li" sx={{ borderBottom: 1, borderColor: 'divider' }}>
      <ButtonBase
        id={headId}
        aria-expanded={isOpen}
        aria-controls={bodyId}
        onClick={() => setIsOpen(before => !before)}
        sx={{
          display: 'grid',
          gridTemplateColumns: { xs: '1fr 24px', sm: '120px 1fr 24px' },
          columnGap: 2,
          rowGap: 0.5,
          width: '100%',
          py: 1,
          textAlign: 'left',
          alignItems: 'center',
          '&:focus-visible': { outline: 2, outlineColor: 'primary.main' },
        }}
      >
        <SeverityLabel severity={finding.severity} />
        <Box
          sx={{
            minWidth: 0,
            gridRow: { xs: 2, sm: 1 },
            gridColumn: { xs: 1, sm: 2 },
          }}
        >
          <Typography sx={{ overflowWrap: 'anywhere' }}>
            {finding.title}
          </Typography>
          <Facts finding={finding} />
        </Box>
        <ExpandIcon
          aria-hidden
          sx={{
            gridColumn: { xs: 2, sm: 3 },
            gridRow: 1,
            transform: isOpen ? 'rotate(180deg)' : undefined,
          }}
        />
      </ButtonBase>
      <Box id={bodyId} role="region" aria-labelledby={headId} hidden={!isOpen}>
        {isOpen && <FindingDetails {...props} />}
      </Box>
    </Box>
  );
}

/** What matters of a finding in one line. */
function Facts({ finding }: { finding: Finding }) {
  const place = placeOf(finding);
  return (
    <Box
      sx={{
        display: 'flex',
        flexWrap: 'wrap',
        columnGap: 1.5,
        typography: 'body2',
        color: 'text.secondary',
        '& > span': { overflowWrap: 'anywhere' },
      }}
    >
      {finding.state !== 'open' && <span>{stateTitles[finding.state]}</span>}
      {finding.state === 'open' && finding.dueAt && (
        <Typography
          component="span"
          variant="body2"
          color={finding.overdue ? 'error' : undefined}
        >
          {finding.overdue ? 'Overdue since ' : 'Due '}
          <RelativeTime at={finding.dueAt} />
        </Typography>
      )}
      {place && <span>{place}</span>}
      <span>{sourceTitles[finding.source]}</span>
    </Box>
  );
}
