import {
  sumAmounts,
  type CostApi,
  type DailyCost,
  type EntityCost,
  type GroupCosts,
} from '@forkyard/plugin-cost-common';

const services = ['Edge Requests', 'Build Minutes', 'Fast Data Transfer'];

/** Answers as cost-backend would, from a month in memory. */
export class MemoryCostApi implements Pick<
  CostApi,
  'getEntityCost' | 'listDailyCosts' | 'listGroupCosts'
> {
  readonly #today = new Date().toISOString().slice(0, 10);
  readonly #month = this.#today.slice(0, 7);
  readonly #daily: DailyCost[] = Array.from(
    { length: Number(this.#today.slice(8)) },
    (_, index) =>
      services.map((service, rank) => ({
        day: `${this.#month}-${String(index + 1).padStart(2, '0')}`,
        service,
        amount: ((1 + ((index * 7) % 5)) / (4 * (rank + 1))).toFixed(4),
      })),
  ).flat();

  async getEntityCost({
    entityRef,
  }: {
    entityRef: string;
  }): Promise<EntityCost> {
    return {
      entityRef,
      currency: 'USD',
      month: this.#month,
      monthToDate: this.#total(),
      forecast: {
        known: true,
        amount: '31.20',
        low: '27.00',
        high: '36.10',
        basisDays: 7,
      },
      budget: '50',
      byService: services.map(service => ({
        service,
        amount: this.#total(service),
      })),
      unitCost: {
        known: true,
        perThousandRequests: '0.0412',
        requests: '310100',
      },
      anomalies: this.#daily
        .slice(-1)
        .map(({ day }) => ({ day, amount: '4.10', usual: '0.90' })),
      otherCurrencies: [],
      asOf: new Date().toISOString(),
    };
  }

  async listDailyCosts(): Promise<{ items: DailyCost[] }> {
    return { items: this.#daily };
  }

  async listGroupCosts({ owner }: { owner: string }): Promise<GroupCosts> {
    return {
      owner,
      currency: 'USD',
      month: this.#month,
      total: '62.45',
      budget: '50',
      items: [
        {
          entityRef: 'component:default/shop',
          amount: '50.05',
          forecast: '90.00',
          budget: '50',
        },
        { entityRef: 'component:default/studio', amount: '12.40' },
      ],
      asOf: new Date().toISOString(),
    };
  }

  #total(service?: string): string {
    return sumAmounts(
      this.#daily
        .filter(cost => service === undefined || cost.service === service)
        .map(({ amount }) => amount),
    );
  }
}
