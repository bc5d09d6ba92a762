import { SidebarOpenStateProvider } from '@backstage/core-components';
import { renderInTestApp } from '@backstage/frontend-test-utils';
import { screen } from '@testing-library/react';
import { Notifications } from './Notifications';

function renderNotifications(unreadCount: number, isOpen: boolean) {
  renderInTestApp(
    <SidebarOpenStateProvider value={{ isOpen, setOpen: () => {} }}>
      <Notifications
        unreadCount={unreadCount}
        to="/notifications"
        onClick={() => {}}
      />
    </SidebarOpenStateProvider>,
  );
}

describe('the navigation item of the notifications', () => {
  it.each([
    [0, true, 'Notifications'],
    [2, true, 'Notifications 2 unread'],
    [120, true, 'Notifications 99+ unread'],
    [0, false, 'Notifications'],
    [2, false, 'Notifications 2 unread'],
  ])(
    'with %d unread, and the sidebar open: %s, is called "%s"',
    async (unreadCount, isOpen, name) => {
      renderNotifications(unreadCount, isOpen);
      expect(await screen.findByRole('link', { name })).toHaveAttribute(
        'href',
        '/notifications',
      );
    },
  );
});
