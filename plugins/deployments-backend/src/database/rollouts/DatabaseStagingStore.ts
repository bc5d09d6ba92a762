import type { ProjectRef } from '@forkyard/plugin-deployments-node';
import type { Knex } from 'knex';
import { selectUnaligned } from './operations/selectUnaligned';
import type { StagingStore, UnalignedProject } from './StagingStore';
import { STAGED_PROJECTS } from './tables';

/** Remembers staged projects in PostgreSQL. */
export class DatabaseStagingStore implements StagingStore {
  constructor(private readonly knex: Knex) {}

  async find(project: ProjectRef): Promise<{ told: boolean } | undefined> {
    const row = await this.#of(project).first('set_at');
    return row && { told: row.set_at !== null };
  }

  async put(project: ProjectRef, { told }: { told: boolean }): Promise<void> {
    await this.knex(STAGED_PROJECTS)
      .insert({
        provider: project.provider,
        project_id: project.projectId,
        set_at: told ? this.knex.fn.now() : null,
      })
      .onConflict(['provider', 'project_id'])
      .merge(['set_at']);
  }

  async forgetTold(project: ProjectRef, askedAt: Date): Promise<boolean> {
    const forgotten = await this.#of(project)
      .where('set_at', '<', askedAt)
      .update({ set_at: null });
    return forgotten > 0;
  }

  async delete(project: ProjectRef): Promise<void> {
    await this.#of(project).delete();
  }

  async listUnaligned(options: {
    limit: number;
    except: string[];
  }): Promise<UnalignedProject[]> {
    return selectUnaligned(this.knex, options);
  }

  #of({ provider, projectId }: ProjectRef) {
    return this.knex(STAGED_PROJECTS).where({
      provider,
      project_id: projectId,
    });
  }
}
