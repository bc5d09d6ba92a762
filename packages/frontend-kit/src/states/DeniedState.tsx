import Typography from '@mui/material/Typography';
import LockIcon from '@mui/icons-material/LockOutlined';
import { StateFrame } from './StateFrame';

/**
 * Says that the reader may not see something, and whom to ask.
 *
 * @public
 */
export function DeniedState(props: {
  /** For example "You may not see this fork". */
  title?: string;
  message?: string;
  action?: string;
  compact?: boolean;
}) {
  return (
    <StateFrame
      role="alert"
      compact={props.compact}
      icon={<LockIcon aria-hidden color="action" />}
      title={props.title ?? 'You have no access to this'}
    >
      {props.message && (
        <Typography variant="body2">{props.message}</Typography>
      )}
      <Typography variant="body2" color="text.secondary">
        {props.action ??
          'Ask its owner, or an administrator of this portal, for access.'}
      </Typography>
    </StateFrame>
  );
}
