import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import Tooltip from '@mui/material/Tooltip';
import { useTheme } from '@mui/material/styles';
import AlertIcon from '@mui/icons-material/NotificationsActiveOutlined';
import DeploymentIcon from '@mui/icons-material/RocketLaunchOutlined';
import IncidentIcon from '@mui/icons-material/ReportProblemOutlined';
import { useDrawingArea, useXScale } from '@mui/x-charts/hooks';
import { markColor } from './chartColors';
import { formatMoment } from './chartFormat';
import type { CrossHair } from './ChartGroup';
import type { ChartMark } from './chartTypes';
import { clusterMarks } from './clusterMarks';

const kinds = {
  deployment: { Icon: DeploymentIcon, one: 'Deployment', many: 'Deployments' },
  alert: { Icon: AlertIcon, one: 'Alert', many: 'Alerts' },
  incident: { Icon: IncidentIcon, one: 'Incident', many: 'Incidents' },
};

/** The least size at which a target can be hit (WCAG 2.2, 2.5.8). */
const targetSize = 24;

/** Draws a line down from each mark. */
export function MarkLines(props: { marks: ChartMark[] }) {
  const { palette } = useTheme();
  const { top, height } = useDrawingArea();
  const scale = useXScale<'time'>();
  return (
    <g pointerEvents="none">
      {props.marks.map((mark, index) => (
        <path
          key={index}
          d={`M${scale(new Date(mark.at))} ${top - 4}v${height + 4}`}
          stroke={markColor(palette, mark.kind)}
          strokeOpacity={0.6}
          strokeDasharray="2 3"
        />
      ))}
    </g>
  );
}

/** Names each mark on hover and on focus; those too close to tell apart share one button. */
export function MarkButtons(props: {
  marks: ChartMark[];
  crossHair: CrossHair;
}) {
  const scale = useXScale<'time'>();
  const { left, width } = useDrawingArea();
  if (width <= 0) return undefined;
  const placed = props.marks.map(mark => ({
    ...mark,
    x: scale(new Date(mark.at)),
  }));
  return (
    <>
      {clusterMarks(placed, targetSize).map(({ x, marks }) => (
        <MarkButton
          key={marks[0].at}
          marks={marks}
          left={Math.min(Math.max(x, left + 4), left + width - 4)}
          crossHair={props.crossHair}
        />
      ))}
    </>
  );
}

function MarkButton(props: {
  marks: ChartMark[];
  left: number;
  crossHair: CrossHair;
}) {
  const { marks, crossHair } = props;
  const { palette } = useTheme();
  const worst = urgentKind(marks);
  const { Icon, one, many } = kinds[worst];
  const sentences = marks.map(
    mark => `${mark.label}, ${formatMoment(new Date(mark.at))}`,
  );
  const last = Date.parse(marks[marks.length - 1].at);
  return (
    <Tooltip
      enterTouchDelay={0}
      title={sentences.map((sentence, index) => (
        <div key={index}>{sentence}</div>
      ))}
    >
      <ButtonBase
        aria-label={`${marks.length > 1 ? `${marks.length} ${many}` : one}: ${sentences.join('; ')}`}
        onFocus={() => crossHair.set(last)}
        onBlur={() => crossHair.set(undefined)}
        sx={{
          position: 'absolute',
          top: 0,
          left: props.left - targetSize / 2,
          width: targetSize,
          height: targetSize,
          borderRadius: 1,
          color: markColor(palette, worst),
          '&.Mui-focusVisible': {
            outline: '2px solid',
            outlineColor: 'primary.main',
          },
        }}
      >
        {marks.length > 1 ? (
          <Box
            component="span"
            sx={{
              typography: 'caption',
              fontWeight: 600,
              lineHeight: '16px',
              minWidth: 18,
              px: 0.5,
              border: '1px solid',
              borderRadius: 2,
              bgcolor: 'background.paper',
            }}
          >
            {marks.length}
          </Box>
        ) : (
          <Icon aria-hidden sx={{ fontSize: 16 }} />
        )}
      </ButtonBase>
    </Tooltip>
  );
}

function urgentKind(marks: ChartMark[]): ChartMark['kind'] {
  const present = new Set(marks.map(({ kind }) => kind));
  return (
    (['alert', 'incident', 'deployment'] as const).find(kind =>
      present.has(kind),
    ) ?? 'deployment'
  );
}
