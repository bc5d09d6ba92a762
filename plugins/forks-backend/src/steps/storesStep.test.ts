import type { StoreSource } from '../sources/HostingSource';
import type { StepContext } from './Step';
import { createStoresStep } from './storesStep';

describe('createStoresStep', () => {
  it('does not call a store undone that it may not delete any more', async () => {
    const step = createStoresStep({
      stores: {} as StoreSource,
      store: undefined,
    });
    const undo = (facts: StepContext['facts']) =>
      step.undo({ facts } as StepContext, {} as never);
    await expect(undo({ storeId: 'store_1' })).rejects.toThrow(
      /Store 'store_1' was made .* 'forks.hosting.store' is not configured/,
    );
    await expect(undo({})).resolves.toBeUndefined();
  });
});
