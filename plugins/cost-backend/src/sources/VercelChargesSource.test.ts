import { createVercelClient } from '@forkyard/backend-kit';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { VercelChargesSource, type AnswerLimits } from './VercelChargesSource';

const server = setupServer();
const URL_OF_CHARGES = 'https://vercel.test/v1/billing/charges';
const range = { from: '2026-11-19', to: '2026-11-21' };
const limits: AnswerLimits = {
  lineBytes: 2000,
  bodyBytes: 100_000,
  timeoutMs: 60_000,
};

function create(overrides: Partial<AnswerLimits> = {}) {
  return new VercelChargesSource({
    client: createVercelClient({
      token: 'secret-token',
      apiBaseUrl: 'https://vercel.test',
      teamId: 'team_1',
      limits: { initialBackoffMs: 1, maxAttempts: 2, maxRetryAfterSeconds: 1 },
    }),
    limits: { ...limits, ...overrides },
  });
}

/** As Vercel documents a row, with what was guessed about its tags. */
const row = {
  BilledCost: 0.0000123,
  BillingCurrency: 'USD',
  ChargeCategory: 'Usage',
  ChargePeriodStart: '2026-11-20T00:00:00.000Z',
  ChargePeriodEnd: '2026-11-21T00:00:00.000Z',
  ConsumedQuantity: 1234,
  ConsumedUnit: 'Requests',
  EffectiveCost: 0.00002,
  ServiceName: 'Edge Requests',
  ServiceProviderName: 'Vercel',
  RegionId: 'fra1',
  Tags: { ProjectId: 'prj_1', ProjectName: 'shop' },
};

const camelCase = (value: object) =>
  Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key[0].toLowerCase() + key.slice(1),
      item,
    ]),
  );

const answer = (...lines: (string | object)[]) =>
  server.use(
    http.get(URL_OF_CHARGES, () =>
      HttpResponse.text(
        lines
          .map(line => (typeof line === 'string' ? line : JSON.stringify(line)))
          .join('\n'),
      ),
    ),
  );

const list = (source = create()) => source.listCharges(range, {});

describe('VercelChargesSource', () => {
  beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
  afterEach(() => server.resetHandlers());
  afterAll(() => server.close());

  it('asks for whole days of the team, and reads a row as documented', async () => {
    const asked: URL[] = [];
    server.use(
      http.get(URL_OF_CHARGES, ({ request }) => {
        asked.push(new URL(request.url));
        expect(request.headers.get('authorization')).toBe(
          'Bearer secret-token',
        );
        return HttpResponse.text(`${JSON.stringify(row)}\n`);
      }),
    );
    expect(await list()).toEqual({
      charges: [
        {
          day: '2026-11-20',
          category: 'Usage',
          service: 'Edge Requests',
          amount: '0.0000123',
          effectiveAmount: '0.00002',
          currency: 'USD',
          projectKey: 'prj_1',
          projectName: 'shop',
          quantity: '1234',
          unit: 'Requests',
          region: 'fra1',
          other: {
            ChargePeriodEnd: '2026-11-21T00:00:00.000Z',
            ServiceProviderName: 'Vercel',
            Tags: { ProjectId: 'prj_1', ProjectName: 'shop' },
          },
        },
      ],
      rejected: { count: 0, examples: [] },
    });
    expect(Object.fromEntries(asked[0].searchParams)).toEqual({
      from: '2026-11-19T00:00:00.000Z',
      to: '2026-11-22T00:00:00.000Z',
      teamId: 'team_1',
    });
  });

  it('reads camel case, tags in a string, amounts in strings, and columns it does not know', async () => {
    answer(
      { ...camelCase(row), tags: '{"project_id":"prj_2"}', x_new: [1] },
      { ...row, BilledCost: '-12.340', ChargeCategory: 'Credit' },
      { ...row, ChargeCategory: 'Refund', Tags: { team: 'a' } },
      { ...row, Tags: { projectName: 'old' }, ConsumedQuantity: null },
    );
    const { charges, rejected } = await list();
    expect(rejected.count).toBe(0);
    expect(charges).toMatchObject([
      { projectKey: 'prj_2', amount: '0.0000123', other: { x_new: [1] } },
      { amount: '-12.34', category: 'Credit' },
      { category: 'Adjustment', other: { ChargeCategory: 'Refund' } },
      { projectKey: 'name:old', projectName: 'old' },
    ]);
    expect(charges[2].projectKey).toBeUndefined();
    expect(charges[3].quantity).toBeUndefined();
  });

  it('reads every digit of a number, and every way of writing it', async () => {
    const line = (amount: string) =>
      JSON.stringify({ ...row, BilledCost: 'AMOUNT' }).replace(
        '"AMOUNT"',
        amount,
      );
    answer(
      ...['123456789.123456789012', '1.5e-7', '2E2', '-0.1', '1e-31'].map(line),
    );
    const { charges, rejected } = await list();
    expect(charges.map(({ amount }) => amount)).toEqual([
      '123456789.123456789012',
      '0.00000015',
      '200',
      '-0.1',
    ]);
    expect(rejected.count).toBe(1);
  });

  it('leaves out wrong lines, counts them and says why, and takes the rest', async () => {
    const { BilledCost, ...free } = row;
    const { BillingCurrency, ...unpaid } = row;
    answer(
      row,
      '{"BilledCost": ',
      '[1]',
      'null',
      free,
      { ...row, BilledCost: '1e99' },
      { ...row, BilledCost: null },
      unpaid,
      { ...row, ChargePeriodStart: 'yesterday' },
      { ...row, ChargePeriodStart: '2026-13-45T00:00:00Z' },
      { ...row, x_long: 'x'.repeat(3000) },
      '',
      { ...row, BilledCost: 2 },
    );
    const { charges, rejected } = await list();
    expect(charges.map(({ amount }) => amount)).toEqual(['0.0000123', '2']);
    expect(rejected.count).toBe(10);
    expect(rejected.examples).toEqual([
      { line: 2, reason: 'is no JSON' },
      { line: 3, reason: 'is no JSON object' },
      { line: 4, reason: 'is no JSON object' },
      { line: 5, reason: "has no 'BilledCost'" },
      { line: 6, reason: "has a 'BilledCost' that is no amount" },
      { line: 7, reason: "has no 'BilledCost'" },
      { line: 8, reason: "has no 'BillingCurrency'" },
      { line: 9, reason: "has a 'ChargePeriodStart' that is no time" },
      { line: 10, reason: "has a 'ChargePeriodStart' that is no time" },
      { line: 11, reason: 'is longer than 2000 bytes' },
    ]);
  });

  it('makes texts fit for the database', async () => {
    answer(
      `{"BilledCost":1,"BillingCurrency":"USD","ChargePeriodStart":"2026-11-20",
        "ServiceName":"a\\u0000b","x":["\\ud800",{"\\u0000k":1}],"deep":${'['.repeat(500)}${']'.repeat(500)}}`.replaceAll(
        /\n\s*/g,
        '',
      ),
    );
    const { charges } = await list();
    expect(charges[0].service).toBe('ab');
    expect(charges[0].other).toMatchObject({ x: ['\uFFFD', { k: 1 }] });
    expect(JSON.stringify(charges[0].other.deep)).toContain('null');
  });

  it('leaves out what was charged on days that it did not ask for', async () => {
    answer({ ...row, ChargePeriodStart: '2026-11-01T00:00:00Z' }, row);
    expect((await list()).charges).toHaveLength(1);
  });

  it('asks for an answer that is too long in halves, and loses nothing', async () => {
    const asked: string[] = [];
    server.use(
      http.get(URL_OF_CHARGES, ({ request }) => {
        const query = new URL(request.url).searchParams;
        const [from, to] = [query.get('from')!, query.get('to')!];
        asked.push(`${from.slice(8, 10)}-${to.slice(8, 10)}`);
        const lines = ['2026-11-19', '2026-11-20', '2026-11-21']
          .filter(day => day >= from.slice(0, 10) && day < to.slice(0, 10))
          .map(day => JSON.stringify({ ...row, ChargePeriodStart: day }));
        return HttpResponse.text(lines.join('\n'));
      }),
    );
    const { charges } = await list(create({ bodyBytes: 500 }));
    expect(asked).toEqual(['19-22', '19-21', '19-20', '20-21', '21-22']);
    expect(charges.map(({ day }) => day)).toEqual([
      '2026-11-19',
      '2026-11-20',
      '2026-11-21',
    ]);
  });

  it('says so when a single day is too long', async () => {
    answer(...Array.from({ length: 10 }, () => row));
    await expect(list(create({ bodyBytes: 500 }))).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      message: expect.stringContaining('charges of 2026-11-19 are longer than'),
    });
  });

  it.each([
    [400, /did not accept to list the charges/],
    [401, /refused to list the charges .*'vercel.token' is valid/],
    [402, /The plan or the quota/],
    [403, /may read billing/],
    [404, /has nothing to list the charges/],
    [429, /is limiting our requests/],
    [500, /failed to list the charges/],
  ])('turns a %s into an outage, without the token', async (status, words) => {
    server.use(
      http.get(URL_OF_CHARGES, () =>
        HttpResponse.json(
          { error: { code: 'x', message: 'Nope' } },
          { status, headers: { 'retry-after': '60' } },
        ),
      ),
    );
    const error = await list().catch(caught => caught);
    expect(error.name).toBe('ServiceUnavailableError');
    expect(error.message).toMatch(words);
    expect(error.message).toContain('Nope');
    expect(error.message).not.toContain('secret-token');
  });

  it('takes a team that was never charged for one without charges', async () => {
    server.use(
      http.get(URL_OF_CHARGES, () =>
        HttpResponse.json(
          { error: { code: 'costs_not_found', message: 'Costs not found' } },
          { status: 404 },
        ),
      ),
    );
    expect(await list()).toEqual({
      charges: [],
      rejected: { count: 0, examples: [] },
    });
  });

  it('asks again when the answer breaks off, and takes no half of it', async () => {
    let attempts = 0;
    server.use(
      http.get(URL_OF_CHARGES, () => {
        attempts++;
        if (attempts > 1) {
          return HttpResponse.text(
            `${JSON.stringify(row)}\n${JSON.stringify(row)}`,
          );
        }
        return new HttpResponse(
          new ReadableStream({
            start(controller) {
              controller.enqueue(
                new TextEncoder().encode(`${JSON.stringify(row)}\n`),
              );
              controller.error(new Error('cut'));
            },
          }),
        );
      }),
    );
    expect((await list()).charges).toHaveLength(2);
    expect(attempts).toBe(2);
  });

  it('ends when it is told to', async () => {
    const controller = new AbortController();
    controller.abort(new Error('stopping'));
    await expect(
      create().listCharges(range, { signal: controller.signal }),
    ).rejects.toThrow('stopping');
  });
});
