import { SidebarItem } from '@backstage/core-components';
import Chip from '@mui/material/Chip';
import NotificationsIcon from '@mui/icons-material/NotificationsNoneOutlined';

/** Leads to the notifications; says how many are unread, aloud as well. */
export function Notifications(props: {
  unreadCount: number;
  to: string;
  onClick: () => void;
}) {
  const { unreadCount } = props;
  const count = unreadCount > 99 ? '99+' : String(unreadCount);
  return (
    <SidebarItem
      to={props.to}
      onClick={props.onClick}
      icon={NotificationsIcon}
      text="Notifications"
      aria-label={
        unreadCount > 0 ? `Notifications ${count} unread` : 'Notifications'
      }
    >
      {unreadCount > 0 && (
        <Chip size="small" color="primary" label={count} sx={{ m: 0 }} />
      )}
    </SidebarItem>
  );
}
