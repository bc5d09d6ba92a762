import { unitCost } from './unitCost';

describe('unitCost', () => {
  it('is the cost of 1,000 requests', () => {
    expect(unitCost({ amount: '12.4', requests: '310000' })).toEqual({
      known: true,
      perThousandRequests: '0.04',
      requests: '310000',
    });
    expect(unitCost({ amount: '1', requests: '3' })).toMatchObject({
      perThousandRequests: '333.333',
    });
  });

  it('is unknown, not zero, without requests', () => {
    expect(unitCost({ amount: '12.4' })).toMatchObject({ known: false });
    expect(unitCost({ amount: '12.4', requests: '0' })).toMatchObject({
      known: false,
      reason: 'There were no requests this month.',
    });
  });
});
