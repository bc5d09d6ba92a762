import { registerMswTestHooks } from '@backstage/backend-test-utils';
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { createTestProvider } from './__testUtils__/createTestProvider';
import { API, FakeProduction, PROJECT } from './__testUtils__/FakeProduction';

const server = setupServer();
const externalId = 'dpl_canary';
const start = { externalId, percentages: [10, 50] };

describe('VercelCanaryTraffic', () => {
  registerMswTestHooks(server);

  let production: FakeProduction;

  beforeEach(() => {
    production = new FakeProduction();
    server.use(...production.handlers);
  });

  const create = (patience?: 'little') =>
    createTestProvider({ apiBaseUrl: API, teamId: 'team_1', patience }).provider
      .canary;

  const refuse = (status: number) => () =>
    HttpResponse.json({ error: { message: 'Said by Vercel' } }, { status });

  /** Does what is asked and loses the answer, so that it is asked again. */
  const loseAnswer = (url: string, act: () => void) => {
    let count = 0;
    server.use(
      http.post(url, () => {
        count += 1;
        if (count === 1) {
          act();
          return HttpResponse.error();
        }
        return refuse(409)();
      }),
    );
  };

  const begun = async (patience?: 'little') => {
    const canary = create(patience);
    await canary.startCanary(PROJECT, start);
    production.asked.length = 0;
    return canary;
  };

  it('configures manual stages up to all traffic, and then starts', async () => {
    const bodies: unknown[] = [];
    server.events.on('request:start', async ({ request }) => {
      if (request.method !== 'GET') {
        bodies.push([
          new URL(request.url).searchParams.get('teamId'),
          JSON.parse(await request.clone().text()),
        ]);
      }
    });
    await create().startCanary(PROJECT, start);
    expect(production.asked).toEqual([
      'PATCH rolling-release/config',
      'POST rolling-release/start',
    ]);
    expect(bodies).toEqual([
      [
        'team_1',
        {
          enabled: true,
          advancementType: 'manual-approval',
          stages: [
            { targetPercentage: 10, requireApproval: true },
            { targetPercentage: 50, requireApproval: true },
            { targetPercentage: 100 },
          ],
        },
      ],
      ['team_1', { canaryDeploymentId: externalId }],
    ]);
    server.events.removeAllListeners();
  });

  it('takes no more stages than Vercel does', async () => {
    await expect(
      create().startCanary(PROJECT, {
        externalId,
        percentages: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      }),
    ).rejects.toMatchObject({
      name: 'InputError',
      message: expect.stringContaining('9 at most'),
    });
    expect(production.asked).toEqual([]);
  });

  it('goes on with a start whose answer was lost', async () => {
    loseAnswer(production.urls.start, () =>
      production.start({ canaryDeploymentId: externalId }),
    );
    const canary = create();
    await canary.startCanary(PROJECT, start);
    expect(await canary.getCanary(PROJECT)).toMatchObject({ percent: 10 });
  });

  it.each([
    [404, 'NotFoundError'],
    [409, 'ConflictError'],
    [422, 'InputError'],
    [403, 'ServiceUnavailableError'],
  ])(
    'leaves later promotions whole when Vercel refuses the start (%s)',
    async (status, name) => {
      server.use(http.post(production.urls.start, refuse(status)));
      await expect(create().startCanary(PROJECT, start)).rejects.toMatchObject({
        name,
      });
      expect(production.config).toBeUndefined();
    },
  );

  it('keeps the configuration of a start that may have happened, until it is aborted', async () => {
    server.use(http.post(production.urls.start, refuse(500)));
    const canary = create();
    await expect(canary.startCanary(PROJECT, start)).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
    });
    expect(production.config).toBeDefined();
    await canary.abortCanary(PROJECT, { externalId });
    expect(production.config).toBeUndefined();
  });

  it.each([
    [
      'start',
      'start of canary',
      () => production.urls.start,
      () => create('little').startCanary(PROJECT, start),
    ],
    [
      'approval',
      'stage 2 of canary',
      () => production.urls.approve,
      async () =>
        (await begun('little')).advanceCanary(PROJECT, {
          externalId,
          stageIndex: 1,
        }),
    ],
    [
      'completion',
      'completion of canary',
      () => production.urls.complete,
      async () =>
        (await begun('little')).completeCanary(PROJECT, { externalId }),
    ],
    [
      'rollback',
      'rollback of',
      () => production.urls.rollback,
      async () => {
        const canary = await begun('little');
        production.live = 'dpl_elsewhere';
        await canary.abortCanary(PROJECT, { externalId });
      },
    ],
  ])(
    'names a %s that Vercel accepts and never finishes',
    async (_, what, url, act) => {
      server.use(http.post(url(), () => HttpResponse.json({})));
      await expect(act()).rejects.toMatchObject({
        name: 'ServiceUnavailableError',
        message: expect.stringMatching(
          new RegExp(`accepted the ${what} '.*had not finished it after 0.5 s`),
        ),
      });
    },
  );

  it('goes through every stage up to the one that is asked for', async () => {
    const canary = create();
    await canary.startCanary(PROJECT, {
      externalId,
      percentages: [5, 20, 50],
    });
    production.asked.length = 0;
    await canary.advanceCanary(PROJECT, { externalId, stageIndex: 2 });
    expect(production.asked).toHaveLength(2);
    expect(await canary.getCanary(PROJECT)).toMatchObject({
      stageIndex: 2,
      percent: 50,
    });
  });

  it('goes on with an approval whose answer was lost', async () => {
    const canary = await begun();
    loseAnswer(production.urls.approve, () => {
      if (production.release) production.release.stage = 1;
    });
    await canary.advanceCanary(PROJECT, { externalId, stageIndex: 1 });
    expect(await canary.getCanary(PROJECT)).toMatchObject({ percent: 50 });
  });

  it('passes on that Vercel refuses a stage', async () => {
    const canary = await begun();
    server.use(http.post(production.urls.approve, refuse(422)));
    await expect(
      canary.advanceCanary(PROJECT, { externalId, stageIndex: 1 }),
    ).rejects.toMatchObject({ name: 'InputError' });
  });

  it('does not advance what somebody else has ended meanwhile', async () => {
    const canary = await begun();
    server.use(
      http.post(production.urls.approve, () => {
        production.end('ABORTED');
        return HttpResponse.json({});
      }),
    );
    await expect(
      canary.advanceCanary(PROJECT, { externalId, stageIndex: 1 }),
    ).rejects.toMatchObject({
      name: 'ConflictError',
      message: expect.stringContaining('aborted with 0 %'),
    });
  });

  it('goes on with a completion whose answer was lost', async () => {
    const canary = await begun();
    loseAnswer(production.urls.complete, () => production.complete());
    await canary.completeCanary(PROJECT, { externalId });
    expect(production.config).toBeUndefined();
  });

  it('takes the configuration away only when the canary has ended', async () => {
    const canary = await begun();
    server.use(
      http.post(production.urls.complete, refuse(500)),
      http.post(production.urls.rollback, refuse(500)),
    );
    for (const end of ['completeCanary', 'abortCanary'] as const) {
      await expect(canary[end](PROJECT, { externalId })).rejects.toMatchObject({
        name: 'ServiceUnavailableError',
      });
    }
    expect(production.config).toBeDefined();
  });

  it.each(['completeCanary', 'abortCanary'] as const)(
    'finishes the cleaning of %s that was interrupted',
    async end => {
      const canary = await begun();
      server.use(http.delete(production.urls.config, refuse(500)));
      await expect(canary[end](PROJECT, { externalId })).rejects.toThrow(
        /disable rolling releases/,
      );
      server.resetHandlers();
      server.use(...production.handlers);
      await canary[end](PROJECT, { externalId });
      expect(production.config).toBeUndefined();
    },
  );

  it('completes while the next deployment takes its place at once', async () => {
    const canary = await begun();
    server.use(
      http.post(production.urls.complete, () => {
        production.complete();
        production.start({ canaryDeploymentId: 'dpl_queued' });
        return HttpResponse.json({});
      }),
    );
    await canary.completeCanary(PROJECT, { externalId });
    expect(await canary.getCanary(PROJECT)).toMatchObject({
      canaryExternalId: 'dpl_queued',
    });
  });

  it('does not call a canary complete that was rolled back meanwhile', async () => {
    const canary = await begun();
    await canary.completeCanary(PROJECT, { externalId });
    production.move('rollback', 'dpl_stable');
    await expect(
      canary.completeCanary(PROJECT, { externalId }),
    ).rejects.toMatchObject({
      name: 'ConflictError',
      message: expect.stringContaining("'dpl_stable' serves production"),
    });
  });

  it('aborts by a rollback that says why, and releases the pin of it', async () => {
    const canary = await begun();
    const descriptions: (string | null)[] = [];
    server.use(
      http.post(production.urls.rollback, ({ request }) => {
        const { searchParams } = new URL(request.url);
        descriptions.push(searchParams.get('description'));
        production.move('rollback', 'dpl_stable');
        production.pin = { at: 1, description: descriptions[0] ?? '' };
        return new HttpResponse(undefined, { status: 201 });
      }),
    );
    await canary.abortCanary(PROJECT, { externalId });
    expect(descriptions).toEqual(['Canary dpl_canary was aborted']);
    expect(production.asked).toEqual([
      'DELETE rolling-release/config',
      'POST promote/dpl_stable',
    ]);
    expect(production.pin).toBeUndefined();
  });

  it('is content with a pin that Vercel does not release', async () => {
    const canary = await begun();
    server.use(http.post(production.urls.promote, refuse(409)));
    production.end('ABORTED');
    production.pin = { at: 1, description: 'Canary dpl_canary was aborted' };
    await canary.abortCanary(PROJECT, { externalId });
    expect(production.pin).toBeDefined();
  });

  it('aborts by the endpoint for it when Vercel refuses the rollback', async () => {
    const canary = await begun();
    server.use(http.post(production.urls.rollback, refuse(422)));
    await canary.abortCanary(PROJECT, { externalId });
    expect(production.asked).toEqual([
      'POST rolling-release/abort',
      'DELETE rolling-release/config',
    ]);
    expect(await canary.getCanary(PROJECT)).toMatchObject({ state: 'aborted' });
  });

  it('leaves the canary of somebody else alone', async () => {
    const canary = await begun();
    await canary.abortCanary(PROJECT, { externalId: 'dpl_other' });
    await expect(
      canary.completeCanary(PROJECT, { externalId: 'dpl_other' }),
    ).rejects.toMatchObject({ name: 'ConflictError' });
    expect(production.asked).toEqual([]);
  });

  it('tells of the last canary, if its deployments are still there', async () => {
    const canary = await begun();
    production.complete();
    expect(await canary.getCanary(PROJECT)).toMatchObject({
      state: 'complete',
      stageIndex: 1,
      percent: 100,
    });
    production.release = { ...production.release!, canary: undefined };
    expect(await canary.getCanary(PROJECT)).toBeUndefined();
    production.release = undefined;
    expect(await canary.getCanary(PROJECT)).toBeUndefined();
  });

  it.each([402, 404])(
    'tells of none where Vercel has no rolling releases (%s)',
    async status => {
      server.use(http.get(production.urls.release, refuse(status)));
      expect(await create().getCanary(PROJECT)).toBeUndefined();
    },
  );

  it('does not guess between what an active one splits the traffic', async () => {
    const canary = await begun();
    production.release!.canary = undefined;
    await expect(canary.getCanary(PROJECT)).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      message: expect.stringContaining('between which deployments'),
    });
  });

  it.each([
    ['no JSON', () => new HttpResponse('<html>')],
    [
      'another state',
      () => HttpResponse.json({ rollingRelease: { state: 'X' } }),
    ],
    ['no answer', () => HttpResponse.error()],
  ])('takes %s for no answer about a canary', async (_, respond) => {
    server.use(http.get(production.urls.release, respond));
    await expect(create().getCanary(PROJECT)).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
    });
  });
});
