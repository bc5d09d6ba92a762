import { ResponseError } from '@backstage/errors';
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import {
  createCostApi,
  createGroupCosts,
  group,
} from '../../__testUtils__/costs';
import { renderWithCost } from '../../__testUtils__/renderWithCost';
import { GroupCostContent } from './GroupCostContent';

const render = (api = createCostApi()) =>
  renderWithCost(<GroupCostContent />, { api, entity: group });

describe("a team's cost tab", () => {
  it('says that it is loading until the first answer', async () => {
    render(createCostApi({ listGroupCosts: () => new Promise(() => {}) }));
    expect(
      await screen.findByText("Loading the team's costs"),
    ).toBeInTheDocument();
  });

  it('answers what the team costs, then each of its entities', async () => {
    const api = createCostApi();
    render(api);
    expect(
      await screen.findByText(
        '$62.45 this month for what the team owns and you may see; the budgets sum to $99.90.',
      ),
    ).toBeInTheDocument();
    const [, shop, studio, unknown] = within(
      screen.getByRole('table', { name: "Cost of the team's entities" }),
    ).getAllByRole('row');
    expect(shop).toHaveTextContent(
      'The shop$50.05about $90Over budget, $49.90',
    );
    expect(studio).toHaveTextContent('image-studio$12.40UnknownNone');
    expect(unknown).toHaveTextContent('newUnknownUnknown$20');
    expect(
      within(shop).getByRole('link', { name: 'The shop' }),
    ).toHaveAttribute('href', '/catalog/default/component/shop');
    expect(
      await screen.findByRole('link', { name: 'Bill of the whole account' }),
    ).toHaveAttribute('href', '/bill');
    expect(api.listGroupCosts).toHaveBeenCalledWith(
      expect.objectContaining({ owner: 'group:default/platform' }),
      expect.anything(),
    );
  });

  it('shows more on request', async () => {
    const [shop, studio] = createGroupCosts().items;
    const api = createCostApi({
      listGroupCosts: async ({ cursor }) =>
        cursor === 'more'
          ? createGroupCosts({ items: [studio] })
          : createGroupCosts({ items: [shop], nextCursor: 'more' }),
    });
    render(api);
    await userEvent.click(
      await screen.findByRole('button', { name: 'Show more' }),
    );
    expect(await screen.findByText('image-studio')).toBeInTheDocument();
    expect(screen.getByText('The shop')).toBeInTheDocument();
    expect(screen.queryByText('Show more')).not.toBeInTheDocument();
  });

  it('says what will be here while nothing was charged', async () => {
    render(
      createCostApi({
        listGroupCosts: async () =>
          createGroupCosts({ total: '0.00', budget: undefined, items: [] }),
      }),
    );
    expect(
      await screen.findByText('Nothing has been charged to this team yet'),
    ).toBeInTheDocument();
  });

  it('shows the error and loads on request', async () => {
    const api = createCostApi();
    api.listGroupCosts.mockRejectedValueOnce(new Error('Database is gone'));
    render(api);
    expect(await screen.findByRole('alert')).toHaveTextContent(
      'Database is gone',
    );
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText(/^\$62.45 this month/)).toBeInTheDocument();
  });

  it('says no access when the backend refuses', async () => {
    render(
      createCostApi({
        listGroupCosts: async () => {
          throw await ResponseError.fromResponse(
            new Response('{}', { status: 403, statusText: 'Forbidden' }),
          );
        },
      }),
    );
    expect(
      await screen.findByText('You have no access to this'),
    ).toBeInTheDocument();
  });
});
