/** Names hardly ever move to another project; deleted ones are forgotten. */
const LIFETIME_MS = 5 * 60_000;
const MAX_ENTRIES = 10_000;

/** A project's name, and the file in which it stands when that matters. */
type Name = { idOrName: string; teamId?: string; sourceUrl?: string };

/**
 * Remembers which id a project's name stands for.
 */
export class ProjectIdCache {
  readonly #entries = new Map<string, { projectId: string; until: number }>();

  find(name: Name): string | undefined {
    const entry = this.#entries.get(keyOf(name));
    return entry && entry.until > Date.now() ? entry.projectId : undefined;
  }

  put(name: Name, projectId: string): void {
    if (this.#entries.size >= MAX_ENTRIES) this.#entries.clear();
    this.#entries.set(keyOf(name), {
      projectId,
      until: Date.now() + LIFETIME_MS,
    });
  }

  forget(projectId: string): void {
    for (const [key, entry] of this.#entries) {
      if (entry.projectId === projectId) this.#entries.delete(key);
    }
  }
}

function keyOf({ idOrName, teamId, sourceUrl }: Name): string {
  return JSON.stringify([teamId, idOrName, sourceUrl]);
}
