import { createRouteRef } from '@backstage/frontend-plugin-api';
import { renderInTestApp } from '@backstage/frontend-test-utils';
import notificationsPlugin from '@backstage/plugin-notifications/alpha';
import type { NavContentComponentProps } from '@backstage/plugin-app-react';
import searchPlugin from '@backstage/plugin-search/alpha';
import { useMayReadBill } from '@forkyard/plugin-cost';
import { screen } from '@testing-library/react';
import { Navigation } from './Navigation';

// Answers about permissions are remembered by whatever asks for them.
jest.mock('@forkyard/plugin-cost', () => ({ useMayReadBill: jest.fn() }));

type NavItems = NavContentComponentProps['navItems'];
type NavItem = ReturnType<NavItems['rest']>[number];

const pages = [
  ['page:forks', 'Forks', '/forks'],
  ['page:catalog', 'Catalog', '/catalog'],
  ['page:incidents', 'Incidents', '/incidents'],
  ['page:cost/bill', 'Bill', '/bill'],
].map(([id, title, href]): NavItem => ({
  // Of the node, only the id is looked at.
  node: { spec: { id } } as NavItem['node'],
  href,
  title,
  icon: <svg />,
  routeRef: createRouteRef(),
}));

/** The pages as the frame hands them to the navigation. */
function createNavItems(held: NavItem[]): NavItems {
  const items = new Map(held.map(item => [item.node.spec.id, item]));
  const take = (id: string) => {
    const item = items.get(id);
    items.delete(id);
    return item;
  };
  return {
    take,
    rest: () => [...items.values()],
    clone: () => createNavItems([...items.values()]),
    withComponent: Item => ({
      take: id => {
        const item = take(id);
        return item ? <Item {...item} /> : null;
      },
      rest: () =>
        [...items.values()].map(item => (
          <Item key={item.node.spec.id} {...item} />
        )),
    }),
  };
}

function renderFor(mayReadBill: boolean) {
  jest.mocked(useMayReadBill).mockReturnValue(mayReadBill);
  renderInTestApp(<Navigation navItems={createNavItems(pages)} items={[]} />, {
    features: [searchPlugin, notificationsPlugin],
    mountedRoutes: {
      '/search': searchPlugin.routes.root,
      '/notifications': notificationsPlugin.routes.root,
    },
  });
  return screen.findByRole('link', { name: 'Incidents' });
}

describe('the navigation', () => {
  it('leads those to the bill who may see it', async () => {
    await renderFor(true);
    expect(screen.getByRole('link', { name: 'Bill' })).toHaveAttribute(
      'href',
      '/bill',
    );
  });

  it('shows no way to the bill to those who may not', async () => {
    await renderFor(false);
    expect(
      screen.queryByRole('link', { name: 'Bill' }),
    ).not.toBeInTheDocument();
  });
});
