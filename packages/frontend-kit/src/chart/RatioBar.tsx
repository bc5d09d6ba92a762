import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { statusColors, statusLabels, type Status } from '../status/status';
import { StatusBadge } from '../status/StatusBadge';

/** @public */
export interface RatioBarProps {
  /** What is measured, for example "Error budget left". */
  label: string;
  /**
   * The filled part: 1 is the whole. Below 0 nothing is filled; above 1 the
   * bar stands for the ratio and a notch shows where the whole ends. Absent
   * when unknown.
   */
  ratio?: number;
  /** Gives the color; its word is said too. */
  status: Status;
  /** Another word for the status, for example "Burning". */
  statusLabel?: string;
  /** The value with its unit, for example "31 %" or "$41.20 of $50". */
  value: string;
  /** A notch at a ratio, with its name, for example `{ ratio: 0.75, label: "expected by today" }`. */
  target?: { ratio: number; label: string };
  /** Where it is going, for example "runs out in 9 days at this rate". */
  trend?: string;
  /** Only bar and value, for table cells; the rest is on hover and read aloud. */
  compact?: boolean;
}

/**
 * Draws a part of a whole as a bar with its number and its meaning. Loads no
 * chart library, so that lists and cards can have it.
 *
 * @public
 */
export function RatioBar(props: RatioBarProps) {
  const { label, value, status, target, trend, compact } = props;
  const word = props.statusLabel ?? statusLabels[status];
  const meaning = [
    `${value}, ${word}`,
    target && `mark: ${target.label}`,
    trend,
  ]
    .filter(Boolean)
    .join(', ');
  if (compact) {
    return (
      <Box
        title={`${label}: ${meaning}`}
        sx={{
          display: 'flex',
          // A long value goes below its bar rather than being cut.
          flexWrap: 'wrap',
          alignItems: 'center',
          columnGap: 1,
          minWidth: 0,
        }}
      >
        <Box sx={{ flex: '1 1 64px', minWidth: 40, maxWidth: 96 }}>
          <Bar {...props} text={meaning} />
        </Box>
        <Typography
          component="span"
          variant="body2"
          sx={{ fontVariantNumeric: 'tabular-nums' }}
        >
          {value}
        </Typography>
      </Box>
    );
  }
  return (
    <Box sx={{ minWidth: 0 }}>
      <Box
        sx={{
          display: 'flex',
          flexWrap: 'wrap',
          columnGap: 1,
          alignItems: 'center',
          justifyContent: 'space-between',
          mb: 0.5,
        }}
      >
        <Typography variant="body2">{label}</Typography>
        <Box sx={{ display: 'flex', alignItems: 'center', gap: 1 }}>
          <Typography
            variant="body2"
            sx={{ fontVariantNumeric: 'tabular-nums', fontWeight: 600 }}
          >
            {value}
          </Typography>
          <StatusBadge status={status} label={word} />
        </Box>
      </Box>
      <Bar {...props} text={meaning} />
      {(trend || target) && (
        <Typography variant="caption" color="text.secondary" component="p">
          {[trend, target && `mark: ${target.label}`]
            .filter(Boolean)
            .join(' · ')}
        </Typography>
      )}
    </Box>
  );
}

function Bar(props: RatioBarProps & { text: string }) {
  const { ratio, target, status } = props;
  const whole = Math.max(1, ratio ?? 0, target?.ratio ?? 0);
  const filled = Math.min(Math.max((ratio ?? 0) / whole, 0), 1);
  const notches = [
    ...(whole > 1 ? [1 / whole] : []),
    ...(target && target.ratio > 0 ? [target.ratio / whole] : []),
  ];
  return (
    <Box
      role="meter"
      aria-label={props.label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(filled * 100)}
      aria-valuetext={props.text}
      sx={{
        position: 'relative',
        height: 8,
        borderRadius: 1,
        overflow: 'hidden',
        bgcolor: 'divider',
        ...(ratio === undefined && {
          bgcolor: 'transparent',
          border: '1px dashed',
          borderColor: 'text.disabled',
        }),
      }}
    >
      <Box
        sx={{
          width: `${filled * 100}%`,
          height: '100%',
          bgcolor: statusColors[status],
        }}
      />
      {notches.map(notch => (
        <Box
          key={notch}
          sx={{
            position: 'absolute',
            top: 0,
            left: `calc(${Math.min(notch, 1) * 100}% - 2px)`,
            width: 2,
            height: '100%',
            bgcolor: 'text.primary',
          }}
        />
      ))}
    </Box>
  );
}
