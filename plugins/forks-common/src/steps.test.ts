import { isStepWithin, provisioningSteps, toForkEntityRef } from './steps';

describe('isStepWithin', () => {
  it('follows the order of the steps', () => {
    for (const [index, step] of provisioningSteps.entries()) {
      for (const [limit, through] of provisioningSteps.entries()) {
        expect(isStepWithin(step, through)).toBe(index <= limit);
      }
    }
  });
});

describe('toForkEntityRef', () => {
  it('names the component of the fork', () => {
    expect(toForkEntityRef('shop')).toBe('component:default/shop');
  });
});
