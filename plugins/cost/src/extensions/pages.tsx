import { PageBlueprint } from '@backstage/frontend-plugin-api';
import { billRouteRef } from '../routes';

/** Extension id: `page:cost/bill`. The bill of the whole account. */
export const billPage = PageBlueprint.make({
  name: 'bill',
  params: {
    path: '/bill',
    title: 'Bill',
    routeRef: billRouteRef,
    loader: async () => {
      const { BillPage } = await import('../components/BillPage');
      return <BillPage />;
    },
  },
});
