import { mockApis, renderTestApp } from '@backstage/frontend-test-utils';
import notificationsPlugin from '@backstage/plugin-notifications/alpha';
import { screen } from '@testing-library/react';
import { notificationsModule } from './notificationsModule';

const notification = (id: string, origin: string, topic?: string) => ({
  id,
  user: 'user:default/ana',
  created: '2026-11-21T10:00:00.000Z',
  origin,
  payload: { title: `Notification ${id}`, severity: 'high', topic },
});

const notifications = [
  notification('1', 'plugin:incidents', 'incidents'),
  notification('2', 'plugin:security-findings', 'overdue'),
  notification('3', 'external:ci'),
];

const answers: Record<string, unknown> = {
  '/topics': { topics: [] },
  '/notifications': { notifications, totalCount: notifications.length },
};

async function fetchMock(input: RequestInfo | URL) {
  const { pathname } = new URL(input instanceof Request ? input.url : input);
  const path = Object.keys(answers).find(end => pathname.endsWith(end));
  return Response.json(path ? answers[path] : { unread: 3, read: 0 });
}

describe('the page of notifications', () => {
  it('says who sent them in words, and does not repeat them as their topic', async () => {
    renderTestApp({
      features: [notificationsPlugin, notificationsModule],
      initialRouteEntries: ['/notifications'],
      apis: [mockApis.fetch({ baseImplementation: fetchMock })],
    });
    expect(await screen.findByText('Notification 1')).toBeInTheDocument();
    expect(screen.getByText('Incidents')).toBeInTheDocument();
    expect(screen.queryByText('incidents')).not.toBeInTheDocument();
    expect(screen.getByText('Security findings')).toBeInTheDocument();
    expect(screen.getByText('overdue')).toBeInTheDocument();
    expect(screen.getByText('external:ci')).toBeInTheDocument();
    expect(screen.queryByText(/plugin:/)).not.toBeInTheDocument();
  });
});
