import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { Rollout } from '@forkyard/plugin-deployments-common';
import { deploymentName } from '../../presentation/deploymentWords';
import { newVersion, stableVersion } from '../../presentation/rolloutWords';
import { versionColors } from './versionColors';

/** Draws which share of the traffic each version gets now. */
export function TrafficSplit({ rollout }: { rollout: Rollout }) {
  const { percent, environment, plan } = rollout;
  const before = stableVersion(rollout);
  const versions = [
    {
      key: 'canary' as const,
      word: plan.strategy === 'canary' ? 'canary' : 'new',
      name: deploymentName(newVersion(rollout)),
      share: percent,
    },
    {
      key: 'stable' as const,
      word: 'stable',
      name: before ? deploymentName(before) : 'nothing yet',
      share: 100 - percent,
    },
  ];
  const said = versions
    .map(({ word, name, share }) => `${share} % to ${name}, ${word}`)
    .join('; ');
  return (
    <Box>
      <Box
        role="img"
        aria-label={`Traffic of ${environment}: ${said}`}
        sx={{
          display: 'flex',
          height: 16,
          borderRadius: 1,
          overflow: 'hidden',
          gap: '2px',
        }}
      >
        {versions.map(({ key, share }) => (
          <Box
            key={key}
            sx={{
              width: `${share}%`,
              bgcolor: versionColors[key],
              transition: 'width 600ms',
              '@media (prefers-reduced-motion: reduce)': { transition: 'none' },
            }}
          />
        ))}
      </Box>
      <Box
        aria-hidden
        sx={{
          display: 'flex',
          flexWrap: 'wrap',
          justifyContent: 'space-between',
          columnGap: 2,
          mt: 0.5,
        }}
      >
        {versions.map(({ key, word, name, share }) => (
          <Typography
            key={key}
            variant="body2"
            sx={{
              display: 'flex',
              alignItems: 'center',
              gap: 0.75,
              fontVariantNumeric: 'tabular-nums',
            }}
          >
            <Box
              component="span"
              sx={{
                width: 10,
                height: 10,
                borderRadius: 0.5,
                bgcolor: versionColors[key],
              }}
            />
            {word} {name} <strong>{share} %</strong>
          </Typography>
        ))}
      </Box>
    </Box>
  );
}
