import { listPromotionTargets } from './promotion';

describe('listPromotionTargets', () => {
  const environments = ['preview', 'staging', 'qa', 'production'];

  it.each([
    ['preview', ['staging', 'qa', 'production']],
    ['staging', ['qa', 'production']],
    ['qa', ['production']],
    ['production', ['production']],
    ['unheard-of', ['production']],
  ])('leads from %s only forward', (from, targets) => {
    expect(listPromotionTargets({ environments, from })).toEqual(targets);
  });

  it('needs no environments to be named', () => {
    expect(listPromotionTargets({ environments: [], from: 'preview' })).toEqual(
      ['production'],
    );
  });
});
