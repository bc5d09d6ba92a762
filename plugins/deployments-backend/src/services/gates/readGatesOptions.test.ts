import { ConfigReader } from '@backstage/config';
import { readGatesOptions } from './readGatesOptions';

const read = (deployments: object) =>
  readGatesOptions(new ConfigReader({ deployments: { ...deployments } }));

describe('readGatesOptions', () => {
  it('freezes nothing and keeps approvals open for a day by default', () => {
    expect(readGatesOptions(new ConfigReader({}))).toMatchObject({
      approvalHours: 24,
      freezeWindows: [],
      appBaseUrl: '',
    });
  });

  it('reads both kinds of windows', () => {
    const { freezeWindows, approvalHours } = read({
      approvals: { expiresHours: 2 },
      freezeWindows: [
        {
          name: 'Black Friday',
          from: '2026-11-27T00:00:00+01:00',
          to: '2026-11-30T12:00:00Z',
          entities: { owners: ['group:shop'], tiers: ['critical'] },
        },
        {
          name: 'Weekend',
          weekly: { days: ['fri', 'sun'], from: '16:00', to: '24:00' },
          timeZone: 'Europe/Berlin',
        },
      ],
    });
    expect(approvalHours).toBe(2);
    expect(freezeWindows).toEqual([
      {
        kind: 'once',
        name: 'Black Friday',
        from: new Date('2026-11-26T23:00:00Z'),
        to: new Date('2026-11-30T12:00:00Z'),
        entities: { owners: ['group:default/shop'], tiers: ['critical'] },
      },
      {
        kind: 'weekly',
        name: 'Weekend',
        days: [4, 6],
        from: 960,
        to: 1440,
        timeZone: 'Europe/Berlin',
      },
    ]);
  });

  const once = {
    name: 'x',
    from: '2026-11-27T00:00:00Z',
    to: '2026-11-28T00:00:00Z',
  };
  const weekly = { days: ['fri'], from: '16:00', to: '20:00' };
  it.each([
    [{ approvals: { expiresHours: 0 } }, /approvals\.expiresHours' is 0: set/],
    [{ freezeWindows: once }, /freezeWindows' is no list/],
    [
      { freezeWindows: [{ ...once, from: '2026-11-27' }] },
      /freezeWindows\[0\]\.from' is wrong: write a time with its offset/,
    ],
    [
      { freezeWindows: [{ ...once, to: once.from }] },
      /freezeWindows\[0\]\.to' is wrong: write a time after 'from'/,
    ],
    [{ freezeWindows: [{ name: 'x' }] }, /freezeWindows\[0\]\.from' is wrong/],
    [
      { freezeWindows: [{ ...once, entity: {} }] },
      /freezeWindows\[0\]' is wrong: .*entity/,
    ],
    [
      { freezeWindows: [{ ...once, entities: { owners: ['shop'] } }] },
      /freezeWindows\[0\]\.entities\.owners\.0' is wrong: write an entity reference/,
    ],
    [
      { freezeWindows: [{ name: 'x', weekly: { ...weekly, days: ['Fri'] } }] },
      /weekly\.days\.0' is wrong: write one of mon, tue/,
    ],
    [
      { freezeWindows: [{ name: 'x', weekly: { ...weekly, from: '4pm' } }] },
      /weekly\.from' is wrong: write a time of day/,
    ],
    [
      { freezeWindows: [{ name: 'x', weekly, timeZone: 'Berlin' }] },
      /timeZone' is wrong: write an IANA time zone/,
    ],
  ])('refuses %j naming the key and what to do', (deployments, message) => {
    expect(() => read(deployments)).toThrow(message);
  });
});
