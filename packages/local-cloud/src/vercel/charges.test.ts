import { request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { projectsDeleteProject } from '@vercel/sdk/funcs/projectsDeleteProject.js';
import { projectsUpdateProject } from '@vercel/sdk/funcs/projectsUpdateProject.js';
import {
  expectValue,
  teamId,
  tinyServer,
  VercelTestCloud,
} from './__testUtils__/VercelTestCloud';

interface Charge {
  BilledCost: number;
  ChargePeriodStart: string;
  ChargePeriodEnd: string;
  ConsumedQuantity: number;
  ServiceName: string;
  Tags: { ProjectId: string; ProjectName: string };
}

const DAY = 86_400_000;
/** Of the whole file, also when a day ends meanwhile. */
const startedAt = Date.now();

function midnight(days = 0): string {
  return new Date(startedAt - (startedAt % DAY) + days * DAY).toISOString();
}

describe('Charges', () => {
  let test: VercelTestCloud;

  beforeAll(async () => {
    test = await VercelTestCloud.start();
  });
  afterAll(() => test.dispose());

  function fetchCharges(query: Record<string, string>, init?: RequestInit) {
    return test.fetchApi(
      `/v1/billing/charges?${new URLSearchParams({ teamId, ...query })}`,
      init,
    );
  }

  async function charges(from = midnight(), to = midnight(2)) {
    const response = await fetchCharges({ from, to });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/jsonl');
    const text = await response.text();
    return text
      .split('\n')
      .filter(line => line)
      .map((line): Charge => JSON.parse(line));
  }

  async function chargesOf(project: string) {
    await test.cloud.vercel.metering.flush();
    const rows = (await charges()).filter(
      ({ Tags }) => Tags.ProjectName === project,
    );
    const quantities: Record<string, number> = {};
    for (const { ServiceName, ConsumedQuantity } of rows) {
      quantities[ServiceName] =
        (quantities[ServiceName] ?? 0) + ConsumedQuantity;
    }
    return quantities;
  }

  it('count each request, what was sent, and the work of building and running', async () => {
    const busy = {
      ...tinyServer(''),
      'server.js': `
        require('node:http').createServer((request, response) => {
          const from = process.cpuUsage().user;
          const work = request.url === '/work' ? 300_000 : 0;
          while (process.cpuUsage().user < from + work);
          response.end('x'.repeat(10000));
        }).listen(process.env.PORT);`,
    };
    const project = await test.createProject('busy');
    const deployment = await test.deployFiles('busy', busy, 'production');
    for (const path of ['/', '/work', '/again']) {
      await test.get('busy.localhost', path);
    }
    const counted = await chargesOf('busy');
    expect(counted).toMatchObject({
      'Edge Requests': 3,
      'Function Invocations': 3,
    });
    expect(counted['Fast Data Transfer']).toBeGreaterThan(30_000 / 1e9);
    expect(counted['Fast Data Transfer']).toBeLessThan(33_000 / 1e9);
    const minutes =
      (Number(deployment.ready) - Number(deployment.buildingAt)) / 60_000;
    expect(counted['Build Minutes']).toBeGreaterThan(minutes * 0.9);
    let worked = counted;
    while (!(worked['Fluid Active CPU'] > 0.25)) {
      worked = await chargesOf('busy');
    }
    expect(worked['Fluid Active CPU']).toBeLessThan(10);
    expect(worked['Fluid Provisioned Memory']).toBeGreaterThan(0);
    const [row] = await charges();
    const day = midnight(row.ChargePeriodStart === midnight() ? 0 : 1);
    expect(row).toMatchObject({
      ChargePeriodStart: day,
      ChargePeriodEnd: new Date(Date.parse(day) + DAY).toISOString(),
      Tags: { ProjectId: project.id, ProjectName: 'busy' },
    });
  });

  it('grow within the day and count nothing twice over a restart', async () => {
    await test.createProject('lasting');
    await test.deployFiles('lasting', { 'index.html': 'x' }, 'production');
    for (let index = 0; index < 5; index += 1) {
      await test.get('lasting.localhost');
    }
    const before = await chargesOf('lasting');
    expect(before).toMatchObject({ 'Edge Requests': 5 });
    expect(before).not.toHaveProperty('Function Invocations');
    await test.get('lasting.localhost');
    await test.restart();
    const after = await chargesOf('lasting');
    expect(after).toMatchObject({ 'Edge Requests': 6 });
    expect(after['Build Minutes']).toBe(before['Build Minutes']);
    await test.restart();
    expect(await chargesOf('lasting')).toEqual(after);
  });

  it('of a closed day stay as they are, whatever becomes of the project', async () => {
    const { id: projectId } = await test.createProject('early');
    const day = midnight(-3).slice(0, 10);
    const { metering } = test.cloud.vercel;
    metering.add({ projectId, meter: 'requests', quantity: 2_000_000, day });
    const closed = () => charges(midnight(-3), midnight(-2));
    const before = await closed();
    expect(before).toMatchObject([
      { BilledCost: 4, Tags: { ProjectId: projectId, ProjectName: 'early' } },
    ]);
    expectValue(
      await projectsUpdateProject(test.core, {
        idOrName: projectId,
        teamId,
        requestBody: { name: 'late' },
      }),
    );
    metering.add({ projectId, meter: 'requests', quantity: 1 });
    expect(await chargesOf('late')).toEqual({ 'Edge Requests': 1 });
    expectValue(
      await projectsDeleteProject(test.core, { idOrName: projectId, teamId }),
    );
    metering.add({ projectId, meter: 'requests', quantity: 1 });
    expect(await chargesOf('late')).toEqual({ 'Edge Requests': 2 });
    expect(await closed()).toEqual(before);
  });

  it('are given for whole days, from the first to before the last, in pages or not', async () => {
    const { id: projectId } = await test.createProject('steady');
    const days = Array.from({ length: 360 }, (_, index) =>
      midnight(index - 365).slice(0, 10),
    );
    for (const day of days) {
      for (const meter of [
        'requests',
        'invocations',
        'cpu-microseconds',
      ] as const) {
        test.cloud.vercel.metering.add({ projectId, meter, quantity: 1, day });
      }
    }
    const rows = (await charges(midnight(-365), midnight(0))).filter(
      ({ Tags }) => Tags.ProjectId === projectId,
    );
    expect(rows).toHaveLength(360 * 3);
    expect(
      new Set(rows.map(row => row.ChargePeriodStart + row.ServiceName)).size,
    ).toBe(360 * 3);
    const noon = (days_: number) =>
      new Date(Date.parse(midnight(days_)) + DAY / 2).toISOString();
    const some = await charges(noon(-300), noon(-299));
    expect(
      new Set(some.map(({ ChargePeriodStart }) => ChargePeriodStart)),
    ).toEqual(new Set([midnight(-300), midnight(-299)]));
  });

  it('are compressed for who asks', async () => {
    const url = new URL('/v1/billing/charges', test.cloud.urls.vercel);
    url.search = String(
      new URLSearchParams({ teamId, from: midnight(-365), to: midnight(0) }),
    );
    const body = await new Promise<Buffer>((resolve, reject) => {
      request(
        url,
        {
          headers: {
            authorization: `Bearer ${test.cloud.token}`,
            'accept-encoding': 'gzip',
          },
        },
        response => {
          expect(response.headers['content-encoding']).toBe('gzip');
          const chunks: Buffer[] = [];
          response.on('data', chunk => chunks.push(chunk));
          response.on('end', () => resolve(Buffer.concat(chunks)));
        },
      )
        .on('error', reject)
        .end();
    });
    expect(gunzipSync(body).toString('utf8').trim().split('\n').length).toBe(
      (await charges(midnight(-365), midnight(0))).length,
    );
  });

  it.each([
    [400, { to: midnight() }],
    [400, { from: midnight(), to: midnight() }],
    [400, { from: 'yesterday', to: midnight() }],
    [400, { from: midnight(-367), to: midnight() }],
    [403, { from: midnight(-1), to: midnight(), teamId: 'team_other' }],
  ])('are refused with %i for %j', async (status, query) => {
    const response = await fetchCharges(query as Record<string, string>);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({
      error: { message: expect.any(String) },
    });
  });
});
