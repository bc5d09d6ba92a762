import { mockServices } from '@backstage/backend-test-utils';
import type { JsonObject } from '@backstage/types';
import { readSecurityFindingsOptions } from './config';

function read(securityFindings?: JsonObject, integrations?: JsonObject) {
  return readSecurityFindingsOptions(
    mockServices.rootConfig({
      data: {
        ...(securityFindings ? { securityFindings } : {}),
        ...(integrations ? { integrations } : {}),
      },
    }),
  );
}

describe('readSecurityFindingsOptions', () => {
  it('needs nothing', () => {
    expect(read()).toMatchObject({
      refreshMinutes: 15,
      trustedLocations: [],
      dueDays: { critical: 7, high: 30, medium: 90, low: 180 },
      scans: { secrets: true, licenses: true, headers: true },
      allowedLicenses: expect.arrayContaining(['MIT', 'Apache-2.0']),
    });
    expect(read().githubIntegration.config.host).toBe('github.com');
  });

  it('takes what is set', () => {
    expect(
      read(
        {
          github: { host: 'git.acme.test' },
          refreshMinutes: 60,
          trustedLocations: ['https://git.acme.test/acme/catalog/'],
          dueDays: { critical: 2, unknown: 365 },
          scans: { headers: false },
          licenses: { allow: ['MIT'] },
        },
        {
          github: [
            { host: 'git.acme.test', apiBaseUrl: 'https://git.acme.test/api' },
          ],
        },
      ),
    ).toMatchObject({
      refreshMinutes: 60,
      trustedLocations: ['https://git.acme.test/acme/catalog/'],
      dueDays: { critical: 2, high: 30, unknown: 365 },
      scans: { secrets: true, headers: false },
      allowedLicenses: ['MIT'],
      githubIntegration: { config: { host: 'git.acme.test' } },
    });
  });

  it.each<[JsonObject, string]>([
    [{ refreshMinutes: 0 }, 'securityFindings.refreshMinutes'],
    [{ refreshMinutes: 1441 }, 'securityFindings.refreshMinutes'],
    [{ dueDays: { high: 0.5 } }, 'securityFindings.dueDays.high'],
    [{ dueDays: { low: 4000 } }, 'securityFindings.dueDays.low'],
    [{ github: { host: 'git.none.test' } }, 'securityFindings.github.host'],
    [
      { trustedLocations: ['https://github.com/acme'] },
      'securityFindings.trustedLocations[0]',
    ],
    [
      { trustedLocations: ['acme/catalog/'] },
      'securityFindings.trustedLocations[0]',
    ],
    [
      { licenses: { allow: ['MIT', 'The Unlicense'] } },
      'securityFindings.licenses.allow[1]',
    ],
  ])('stops the start for %j, naming the key', (config, key) => {
    expect(() => read(config)).toThrow(`'${key}'`);
  });
});
