import { Agent } from 'node:http';
import { rollingReleaseApproveRollingReleaseStage } from '@vercel/sdk/funcs/rollingReleaseApproveRollingReleaseStage.js';
import { rollingReleaseCompleteRollingRelease } from '@vercel/sdk/funcs/rollingReleaseCompleteRollingRelease.js';
import { rollingReleaseGetRollingRelease } from '@vercel/sdk/funcs/rollingReleaseGetRollingRelease.js';
import { rollingReleaseGetRollingReleaseConfig } from '@vercel/sdk/funcs/rollingReleaseGetRollingReleaseConfig.js';
import { rollingReleaseStartRollingRelease } from '@vercel/sdk/funcs/rollingReleaseStartRollingRelease.js';
import { expectValue, teamId, type VercelTestCloud } from './VercelTestCloud';

interface Stage {
  targetPercentage: number;
  duration?: number;
  linearShift?: boolean;
}

/** One browser, which keeps the cookie that it gets. */
class Visitor {
  readonly #test: VercelTestCloud;
  readonly #host: string;
  cookie: string | undefined;

  constructor(test: VercelTestCloud, host: string) {
    this.#test = test;
    this.#host = host;
  }

  async get(path = '/') {
    const answer = await this.#test.get(this.#host, path, {
      headers: this.cookie ? { cookie: `a=1; ${this.cookie}; b=2` } : {},
    });
    const [given] = [answer.headers['set-cookie'] ?? []].flat();
    if (given) [this.cookie] = given.split(';');
    return answer;
  }
}

/** A project of one test whose production traffic moves in stages. */
export class RollingTest {
  readonly test: VercelTestCloud;
  readonly name: string;
  readonly host: string;

  constructor(test: VercelTestCloud, name: string) {
    this.test = test;
    this.name = name;
    this.host = `${name}.localhost`;
  }

  /** With a version in production and stages for the next one. */
  static async create(
    test: VercelTestCloud,
    name: string,
    percentages: number[],
  ) {
    const rolling = new RollingTest(test, name);
    await test.createProject(name);
    const stable = await rolling.deploy({ 'index.html': 'stable' });
    await rolling.configure({
      advancementType: 'manual-approval',
      stages: percentages.map(targetPercentage => ({ targetPercentage })),
    });
    return { rolling, stable };
  }

  deploy(files: Record<string, string>) {
    return this.test.deployFiles(this.name, files, 'production');
  }

  /** Deploys the next version, which takes a share of the traffic at once. */
  deployCanary() {
    return this.deploy({ 'index.html': 'canary' });
  }

  patchConfig(body: object): Promise<Response> {
    // The SDK knows no body for this call.
    return this.test.fetchApi(
      `/v1/projects/${this.name}/rolling-release/config`,
      { method: 'PATCH', body: JSON.stringify(body) },
    );
  }

  async configure(config: {
    advancementType: 'automatic' | 'manual-approval';
    stages: Stage[];
    canaryResponseHeader?: boolean;
  }): Promise<void> {
    const response = await this.patchConfig({ enabled: true, ...config });
    if (response.status !== 200) throw new Error(await response.text());
  }

  async getConfig() {
    const { rollingRelease } = expectValue(
      await rollingReleaseGetRollingReleaseConfig(this.test.core, {
        idOrName: this.name,
        teamId,
      }),
    );
    return rollingRelease ?? undefined;
  }

  async find(state?: 'ACTIVE' | 'COMPLETE' | 'ABORTED') {
    const { rollingRelease } = expectValue(
      await rollingReleaseGetRollingRelease(this.test.core, {
        idOrName: this.name,
        teamId,
        state,
      }),
    );
    return rollingRelease ?? undefined;
  }

  start(canaryDeploymentId: string) {
    return rollingReleaseStartRollingRelease(this.test.core, {
      idOrName: this.name,
      teamId,
      requestBody: { canaryDeploymentId },
    });
  }

  approve(canaryDeploymentId: string, nextStageIndex: number) {
    return rollingReleaseApproveRollingReleaseStage(this.test.core, {
      idOrName: this.name,
      teamId,
      requestBody: { canaryDeploymentId, nextStageIndex },
    });
  }

  complete(canaryDeploymentId: string) {
    return rollingReleaseCompleteRollingRelease(this.test.core, {
      idOrName: this.name,
      teamId,
      requestBody: { canaryDeploymentId },
    });
  }

  abort(canaryDeploymentId: string): Promise<Response> {
    return this.test.fetchApi(
      `/v1/projects/${this.name}/rolling-release/abort`,
      { method: 'POST', body: JSON.stringify({ canaryDeploymentId }) },
    );
  }

  /** Asks production that many times as visitors without cookies; counts the answers. */
  async countAnswers(requests: number): Promise<Map<string, number>> {
    const agent = new Agent({ keepAlive: true });
    const counts = new Map<string, number>();
    let left = requests;
    const visit = async () => {
      while (left > 0) {
        left -= 1;
        const { body } = await this.test.get(this.host, '/', { agent });
        counts.set(body, (counts.get(body) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: 16 }, visit));
    agent.destroy();
    return counts;
  }

  visitor(): Visitor {
    return new Visitor(this.test, this.host);
  }
}
