import { productionHostCandidates } from '../hosts';
import type { Project } from '../model';
import type { VercelStores } from '../store';

/** Points production's host names at a deployment. */
export class ProductionHosts {
  readonly #stores: VercelStores;

  constructor(stores: VercelStores) {
    this.#stores = stores;
  }

  /** Points all of them at the deployment. Runs in a transaction of its own. */
  assign(projectId: string, deploymentId: string): void {
    this.#stores.transaction(() => {
      const project = this.#stores.projects.find(projectId);
      if (!project) return;
      for (const host of this.list(project)) {
        this.#stores.aliases.assign({ host, projectId, deploymentId });
      }
      this.#stores.deployments.update(deploymentId, () => ({
        promotedAt: Date.now(),
      }));
      this.#stores.projects.update(projectId, known => ({
        ...known,
        productionDeploymentId: deploymentId,
      }));
    });
  }

  list(project: Project): string[] {
    const own =
      productionHostCandidates(project.name).find(host => {
        const alias = this.#stores.aliases.find(host);
        return !alias || alias.projectId === project.id;
      }) ?? [];
    const domains = this.#stores.domains
      .list(project.id)
      .filter(({ verified, gitBranch, redirect }) => {
        return verified && !gitBranch && !redirect;
      })
      .map(({ name }) => name);
    return [own, domains].flat();
  }
}
