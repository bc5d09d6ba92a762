import { http, HttpResponse } from 'msw';

export const API = 'https://vercel.test';
export const PROJECT = {
  provider: 'vercel',
  projectId: 'prj_1',
  teamId: 'team_1',
};

const RELEASE = `${API}/v1/projects/prj_1/rolling-release`;

interface Release {
  state: string;
  canary: string | undefined;
  base: string;
  stage: number;
  stages: number[];
}

/**
 * One project's production, that does what it is asked at once. A test breaks
 * single requests of it by handlers of its own.
 */
export class FakeProduction {
  live = 'dpl_stable';
  substate = 'PROMOTED';
  config: { targetPercentage: number }[] | undefined;
  release: Release | undefined;
  aliasRequest: object | undefined;
  pin: { at: number; description?: string } | undefined;
  /** Every change that was asked for, for example `POST start`. */
  readonly asked: string[] = [];
  #clock = 1_000;

  readonly urls = {
    project: `${API}/v9/projects/prj_1`,
    promote: `${API}/v10/projects/prj_1/promote/:id`,
    rollback: `${API}/v1/projects/prj_1/rollback/:id`,
    release: RELEASE,
    config: `${RELEASE}/config`,
    start: `${RELEASE}/start`,
    approve: `${RELEASE}/approve-stage`,
    complete: `${RELEASE}/complete`,
    abort: `${RELEASE}/abort`,
  };

  get handlers() {
    const { urls } = this;
    const change = (
      method: 'post' | 'patch' | 'delete',
      url: string,
      act: (body: Record<string, unknown>, id: string) => void,
    ) =>
      http[method](url, async ({ request, params }) => {
        const text = await request.text();
        const name = new URL(request.url).pathname.split('/').slice(4);
        this.asked.push(`${request.method} ${name.join('/')}`);
        act(text ? JSON.parse(text) : {}, String(params.id));
        return HttpResponse.json(this.#showRelease());
      });
    return [
      http.get(urls.project, () => HttpResponse.json(this.#showProject())),
      http.get(urls.release, () => HttpResponse.json(this.#showRelease())),
      change('post', urls.promote, (_, id) => this.move('promote', id)),
      change('post', urls.rollback, (_, id) => this.move('rollback', id)),
      change('patch', urls.config, ({ stages }) => {
        this.config = stages as FakeProduction['config'];
      }),
      change('delete', urls.config, () => {
        this.config = undefined;
      }),
      change('post', urls.start, body => this.start(body)),
      change('post', urls.approve, ({ nextStageIndex }) => {
        if (this.release) this.release.stage = Number(nextStageIndex);
      }),
      change('post', urls.complete, () => this.complete()),
      change('post', urls.abort, () => this.end('ABORTED')),
    ];
  }

  move(type: 'promote' | 'rollback', id: string, jobStatus = 'succeeded') {
    this.#clock += 1;
    this.aliasRequest = {
      type,
      jobStatus,
      fromDeploymentId: this.live,
      toDeploymentId: id,
      requestedAt: this.#clock,
    };
    if (jobStatus !== 'succeeded') return;
    this.live = id;
    this.pin = type === 'rollback' ? { at: this.#clock } : undefined;
    if (type === 'rollback') this.end('ABORTED');
  }

  start(body: Record<string, unknown>) {
    this.release = {
      state: 'ACTIVE',
      canary: String(body.canaryDeploymentId),
      base: this.live,
      stage: 0,
      stages: (this.config ?? []).map(stage => stage.targetPercentage),
    };
  }

  complete() {
    if (this.release?.canary) this.live = this.release.canary;
    this.end('COMPLETE');
  }

  end(state: 'ABORTED' | 'COMPLETE') {
    if (this.release?.state === 'ACTIVE') this.release.state = state;
  }

  #showProject() {
    const { live, substate, pin } = this;
    return {
      id: 'prj_1',
      targets: {
        production: { id: live, readyState: 'READY', readySubstate: substate },
      },
      lastAliasRequest: this.aliasRequest ?? null,
      lastRollbackTarget: pin ? { at: pin.at } : null,
      rollbackDescription: pin?.description && {
        description: pin.description,
        createdAt: pin.at,
      },
    };
  }

  #showRelease() {
    if (!this.release) return { rollingRelease: null };
    const { state, canary, base, stage, stages } = this.release;
    const shown = stages.map((targetPercentage, index) => ({
      index,
      targetPercentage,
    }));
    return {
      rollingRelease: {
        state,
        canaryDeployment: canary ? { id: canary } : null,
        currentDeployment: { id: base },
        stages: shown,
        activeStage: state === 'ABORTED' ? null : shown[stage],
      },
    };
  }
}
