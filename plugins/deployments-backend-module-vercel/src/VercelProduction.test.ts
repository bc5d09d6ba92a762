import { registerMswTestHooks } from '@backstage/backend-test-utils';
import { delay, http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';
import { createTestProvider } from './__testUtils__/createTestProvider';
import { API, FakeProduction, PROJECT } from './__testUtils__/FakeProduction';

const server = setupServer();

describe('Moving all of production', () => {
  registerMswTestHooks(server);

  let production: FakeProduction;

  beforeEach(() => {
    production = new FakeProduction();
    server.use(...production.handlers);
  });

  const create = (patience?: 'little') =>
    createTestProvider({ apiBaseUrl: API, teamId: 'team_1', patience })
      .provider;

  /** Answers a request to move after doing something else than moving. */
  const onMove = (
    what: 'promote' | 'rollback',
    act: () => void,
    status: number,
  ) =>
    server.use(
      http.post(production.urls[what], () => {
        act();
        return HttpResponse.json(
          status < 400 ? {} : { error: { message: 'Said by Vercel' } },
          { status },
        );
      }),
    );

  const moves = [
    ['promote', 'promotion'],
    ['rollback', 'rollback'],
  ] as const;

  it.each(moves)('resolves a %s when the traffic has moved', async what => {
    const statuses = ['pending', 'in-progress', 'succeeded'];
    onMove(what, () => production.move(what, 'dpl_2', 'pending'), 202);
    server.use(
      http.get(production.urls.project, () => {
        if (production.aliasRequest) {
          production.move(what, 'dpl_2', statuses.shift());
        }
        return undefined;
      }),
    );
    await create()[what](PROJECT, 'dpl_2');
    expect(statuses).toEqual([]);
    expect(production.live).toBe('dpl_2');
  });

  it.each(moves)(
    'does not take an earlier %s to the same deployment for this one',
    async (what, name) => {
      production.move(what, 'dpl_2');
      production.live = 'dpl_3';
      onMove(what, () => {}, 202);
      await expect(
        create('little')[what](PROJECT, 'dpl_2'),
      ).rejects.toMatchObject({
        name: 'ServiceUnavailableError',
        message: `Vercel accepted the ${name} of 'dpl_2' and had not finished it after 0.5 s. It may still finish; look again in a minute.`,
      });
    },
  );

  it.each(['failed', 'skipped'])(
    'says that the traffic is elsewhere when Vercel %s to move it',
    async status => {
      onMove('promote', () => production.move('promote', 'dpl_2', status), 201);
      await expect(create().promote(PROJECT, 'dpl_2')).rejects.toMatchObject({
        name: 'ConflictError',
        message: expect.stringContaining('traffic was not moved there'),
      });
    },
  );

  it.each(moves)(
    'waits for a %s that was accepted and never finishes no longer than it says',
    async (what, name) => {
      onMove(what, () => production.move(what, 'dpl_2', 'in-progress'), 201);
      await expect(
        create('little')[what](PROJECT, 'dpl_2'),
      ).rejects.toMatchObject({
        name: 'ServiceUnavailableError',
        message: expect.stringContaining(
          `accepted the ${name} of 'dpl_2' and had not finished it after 0.5 s`,
        ),
      });
    },
  );

  it.each([
    ['fails', () => HttpResponse.json({}, { status: 502 })],
    [
      'keeps silent',
      async () => {
        await delay('infinite');
        return new HttpResponse();
      },
    ],
  ])(
    'does not call unfinished of what Vercel %s to tell',
    async (_, respond) => {
      onMove(
        'promote',
        () => server.use(http.get(production.urls.project, respond)),
        201,
      );
      const error = await create('little')
        .promote(PROJECT, 'dpl_2')
        .catch(e => e);
      expect(error).toMatchObject({
        name: 'ServiceUnavailableError',
        message: expect.stringMatching(
          /accepted the promotion of 'dpl_2', and it is unknown after 0\.5 s whether/,
        ),
      });
    },
  );

  it('goes on when Vercel cannot be asked for a moment', async () => {
    onMove(
      'promote',
      () => {
        production.move('promote', 'dpl_2');
        // As often as one question is repeated.
        const fail = () => HttpResponse.json({}, { status: 502 });
        server.use(
          http.get(production.urls.project, fail, { once: true }),
          http.get(production.urls.project, fail, { once: true }),
        );
      },
      201,
    );
    await create().promote(PROJECT, 'dpl_2');
    expect(production.live).toBe('dpl_2');
  });

  it.each(moves)(
    'joins a %s that Vercel refuses because it is under way already',
    async what => {
      onMove(what, () => {}, 409);
      production.move(what, 'dpl_2', 'in-progress');
      const moved = create()[what](PROJECT, 'dpl_2');
      const asked = new Promise<void>(resolve => {
        server.events.on('response:mocked', ({ response }) => {
          if (response.status === 409) resolve();
        });
      });
      await asked;
      production.move(what, 'dpl_2');
      await moved;
      expect(production.live).toBe('dpl_2');
    },
  );

  it('takes what is live already for promoted', async () => {
    onMove('promote', () => {}, 409);
    await expect(
      create().promote(PROJECT, 'dpl_stable'),
    ).resolves.toBeUndefined();
  });

  it.each([
    [
      'another move is under way',
      () => production.move('promote', 'dpl_3', 'pending'),
      'dpl_stable',
    ],
    [
      'a canary has a share of it',
      () => production.start({ canaryDeploymentId: 'dpl_2' }),
      'dpl_stable',
    ],
    ['it is not live', () => {}, 'dpl_2'],
  ])('passes a refusal on while %s', async (_, arrange, target) => {
    arrange();
    onMove('rollback', () => {}, 409);
    await expect(create().rollback(PROJECT, target)).rejects.toMatchObject({
      name: 'ConflictError',
      message: expect.stringContaining('Said by Vercel'),
    });
  });

  it.each([
    [404, 'NotFoundError'],
    [422, 'InputError'],
    [402, 'ServiceUnavailableError'],
    [500, 'ServiceUnavailableError'],
  ])('turns a %s into a %s', async (status, name) => {
    onMove('promote', () => {}, status);
    await expect(create().promote(PROJECT, 'dpl_2')).rejects.toMatchObject({
      name,
    });
  });

  it('says so when a promotion became the beginning of a rolling release', async () => {
    onMove(
      'promote',
      () => {
        production.move('promote', 'dpl_2');
        production.live = 'dpl_stable';
        production.config = [{ targetPercentage: 10 }];
        production.start({ canaryDeploymentId: 'dpl_2' });
      },
      201,
    );
    await expect(create().promote(PROJECT, 'dpl_2')).rejects.toMatchObject({
      name: 'ConflictError',
      message: expect.stringContaining('rolling releases are enabled'),
    });
  });

  it.each([
    ['does not know rolling releases', 404],
    ['does not sell them to the account', 402],
  ])('needs none where Vercel %s', async (_, status) => {
    onMove(
      'promote',
      () => {
        production.move('promote', 'dpl_2');
        production.live = 'dpl_lags_behind';
      },
      201,
    );
    server.use(
      http.get(production.urls.release, () =>
        HttpResponse.json({}, { status }),
      ),
    );
    await expect(create().promote(PROJECT, 'dpl_2')).resolves.toBeUndefined();
  });

  it('tells what most of the traffic goes to while the newest shares it', async () => {
    production.config = [{ targetPercentage: 10 }];
    production.start({ canaryDeploymentId: 'dpl_2' });
    production.live = 'dpl_2';
    production.substate = 'ROLLING';
    const [found] = await create().listEnvironments(PROJECT);
    expect(found.liveExternalId).toBe('dpl_stable');
  });
});
