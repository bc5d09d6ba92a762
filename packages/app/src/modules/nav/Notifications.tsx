import { SidebarItem, useSidebarOpenState } from '@backstage/core-components';
import Chip from '@mui/material/Chip';
import NotificationsIcon from '@mui/icons-material/NotificationsNoneOutlined';
import { visuallyHidden } from '@mui/utils';

/** Leads to the notifications; says how many are unread, aloud as well. */
export function Notifications(props: {
  unreadCount: number;
  to: string;
  onClick: () => void;
}) {
  const { unreadCount } = props;
  const { isOpen } = useSidebarOpenState();
  const count = unreadCount > 99 ? '99+' : String(unreadCount);
  const closedName =
    unreadCount > 0 ? `Notifications ${count} unread` : 'Notifications';
  return (
    <SidebarItem
      to={props.to}
      onClick={props.onClick}
      icon={NotificationsIcon}
      text="Notifications"
      hasNotifications={unreadCount > 0 && !isOpen}
      // Open, the item is called what it shows, the number included.
      aria-label={isOpen ? undefined : closedName}
    >
      {unreadCount > 0 && (
        <>
          {' '}
          <Chip size="small" color="primary" label={count} sx={{ m: 0 }} />
          <span style={visuallyHidden}> unread</span>
        </>
      )}
    </SidebarItem>
  );
}
