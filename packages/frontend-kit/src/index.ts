/**
 * The status language of the portal: what every list, card and header of every
 * plugin draws the same way.
 *
 * @packageDocumentation
 */
export type { TimeSeriesPoint } from './chart/alignLines';
export {
  BarSeriesChart,
  type BarSeries,
  type BarSeriesChartProps,
} from './chart/BarSeriesChart';
export { ChartGroup } from './chart/ChartGroup';
export type {
  ChartDayMark,
  ChartMark,
  ChartTarget,
  ChartTone,
} from './chart/chartTypes';
export { RatioBar, type RatioBarProps } from './chart/RatioBar';
export { Sparkline, type SparklineProps } from './chart/Sparkline';
export {
  TimeSeriesChart,
  type TimeSeriesChartProps,
  type TimeSeriesLine,
} from './chart/TimeSeriesChart';
export { CopyableCode, shortSha } from './code/CopyableCode';
export { useCopy, type CopyState } from './code/useCopy';
export { HomeSectionBlueprint } from './extensions/HomeSectionBlueprint';
export {
  useSignalOrPoll,
  type SignalOrPollOptions,
  type SignalOrPollResult,
} from './live/useSignalOrPoll';
export { stripTerminalCodes, type LogLine } from './log/logLine';
export { LogView, type LogViewProps } from './log/LogView';
export { ConfirmDialog, type ConfirmDialogProps } from './dialog/ConfirmDialog';
export { GuardedButton } from './permissions/GuardedButton';
export { useMay } from './permissions/useMay';
export { DeniedState } from './states/DeniedState';
export { asSentences } from './states/asSentences';
export { describeError, type ErrorDescription } from './states/describeError';
export { EmptyState } from './states/EmptyState';
export { ErrorState, type ErrorStateProps } from './states/ErrorState';
export { LoadingState } from './states/LoadingState';
export {
  statusColors,
  statuses,
  statusLabels,
  type Status,
} from './status/status';
export { StatusBadge, type StatusBadgeProps } from './status/StatusBadge';
export { StatusIcon } from './status/StatusIcon';
export {
  formatDuration,
  formatExactTime,
  formatRelativeTime,
} from './time/formatTime';
export { RelativeTime } from './time/RelativeTime';
export { useNow } from './time/useNow';
