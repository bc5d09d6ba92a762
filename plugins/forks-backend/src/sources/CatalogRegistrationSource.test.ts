import { mockServices } from '@backstage/backend-test-utils';
import { TestCatalog } from '../__testUtils__/TestCatalog';
import { CatalogRegistrationSource } from './CatalogRegistrationSource';

const target = 'https://git.example.com/acme/shop/blob/main/catalog-info.yaml';

describe('CatalogRegistrationSource', () => {
  const start = () => {
    const catalog = new TestCatalog();
    return {
      catalog,
      source: new CatalogRegistrationSource(
        catalog.service,
        mockServices.auth(),
      ),
    };
  };

  it('registers and unregisters, and takes no harm from doing it again', async () => {
    const { catalog, source } = start();
    const entityRef = 'component:default/shop';
    await source.registerLocation({ target });
    await source.registerLocation({ target });
    expect(catalog.targets).toEqual([target]);
    expect(await source.hasEntity({ entityRef })).toBe(true);
    await source.unregisterLocation({ target });
    await source.unregisterLocation({ target });
    expect(catalog.targets).toEqual([]);
    expect(await source.hasEntity({ entityRef })).toBe(false);
  });

  it('tells a file that the catalog refuses from a catalog that does not answer', async () => {
    const { catalog, source } = start();
    catalog.failure = Object.assign(new Error('no such kind'), {
      statusCode: 400,
    });
    await expect(source.registerLocation({ target })).rejects.toMatchObject({
      name: 'InputError',
      message: `The catalog could not register ${target}: no such kind`,
    });
    catalog.failure = Object.assign(new Error('Unauthorized'), {
      statusCode: 401,
    });
    await expect(source.registerLocation({ target })).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
    });
  });
});
