import type {
  BackstageCredentials,
  BackstageUserPrincipal,
} from '@backstage/backend-plugin-api';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import type { JsonObject } from '@backstage/types';
import permissionBackend from '@backstage/plugin-permission-backend';
import request from 'supertest';
import permissionModuleForkyard from './index';

const start = (config: JsonObject) =>
  startTestBackend({
    features: [
      permissionBackend,
      permissionModuleForkyard,
      mockServices.rootConfig.factory({ data: config }),
      mockServices.userInfo.mock({
        getUserInfo: async credentials => {
          const { userEntityRef } = (
            credentials as BackstageCredentials<BackstageUserPrincipal>
          ).principal;
          return {
            userEntityRef,
            ownershipEntityRefs: [userEntityRef, 'group:default/platform'],
          };
        },
      }).factory,
    ],
  });

const base = { permission: { enabled: true } };

describe('permissionModuleForkyard', () => {
  const ask = async (config: JsonObject) => {
    const { server } = await start(config);
    const { body } = await request(server)
      .post('/api/permission/authorize')
      .set('authorization', mockCredentials.user.header())
      .send({
        items: [
          {
            id: '1',
            permission: {
              type: 'basic',
              name: 'catalog.location.delete',
              attributes: { action: 'delete' },
            },
          },
        ],
      });
    return body.items[0].result;
  };

  it('decides for the permission backend', async () => {
    expect(await ask(base)).toBe('DENY');
    expect(
      await ask({
        permission: {
          enabled: true,
          forkyard: { admins: ['Group:platform'] },
        },
      }),
    ).toBe('ALLOW');
  });

  it('lets the configured guest do everything in development', async () => {
    const guest = {
      userEntityRef: mockCredentials.user().principal.userEntityRef,
    };
    expect(
      await ask({
        auth: { environment: 'development', providers: { guest } },
        permission: { enabled: true, forkyard: { guestMayDoEverything: true } },
      }),
    ).toBe('ALLOW');
  });

  it('refuses to start with an almighty guest in production', async () => {
    await expect(
      start({
        auth: { environment: 'production' },
        permission: { enabled: true, forkyard: { guestMayDoEverything: true } },
      }),
    ).rejects.toThrow(/permission\.forkyard\.guestMayDoEverything/);
  });

  it('refuses to start with an administrator that nobody can be', async () => {
    await expect(
      start({
        permission: { enabled: true, forkyard: { admins: ['platform'] } },
      }),
    ).rejects.toThrow(/permission\.forkyard\.admins/);
  });
});
