import { renderInTestApp } from '@backstage/frontend-test-utils';
import { screen } from '@testing-library/react';
import { Notifications } from './Notifications';

describe('the navigation item of the notifications', () => {
  it.each([
    [0, 'Notifications'],
    [2, 'Notifications 2 unread'],
    [120, 'Notifications 99+ unread'],
  ])('with %d unread is called "%s"', async (unreadCount, name) => {
    renderInTestApp(
      <Notifications
        unreadCount={unreadCount}
        to="/notifications"
        onClick={() => {}}
      />,
    );
    expect(await screen.findByRole('link', { name })).toHaveAttribute(
      'href',
      '/notifications',
    );
  });
});
