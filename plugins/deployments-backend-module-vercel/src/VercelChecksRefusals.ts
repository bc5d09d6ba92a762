import type { LoggerService } from '@backstage/backend-plugin-api';
import { findUpstreamFailure } from '@forkyard/backend-kit';

/** Vercel says so when the plan does not have it: no matter of time. */
const NOT_IN_PLAN = 402;

/**
 * Vercel says so to a token that may not, and in passing, too: its errors have
 * one code for all of it, `forbidden` (https://vercel.com/docs/rest-api/errors).
 */
const FORBIDDEN = 403;

/** Where checks are not known at all, asking for them is answered so. */
const UNKNOWN = [400, 404, 405, 422, 501];

/** Which statuses mean that there will be no checks, at once and once they last. */
interface Meaning {
  atOnce: number[];
  inTime: number[];
}

/** What was asked for when it was refused. */
export const ASKED = {
  /** Checks of a project of which none is known. */
  first: { atOnce: [NOT_IN_PLAN, ...UNKNOWN], inTime: [FORBIDDEN] },
  /** One more. */
  another: { atOnce: [NOT_IN_PLAN], inTime: [FORBIDDEN, ...UNKNOWN] },
  /** One report. Any other refusal is about what it says, so the check stays open. */
  report: { atOnce: [NOT_IN_PLAN], inTime: [FORBIDDEN] },
} satisfies Record<string, Meaning>;

/** How often, and for how long at least, it is refused before that is believed. */
const BELIEVED = { refusals: 3, milliseconds: 2 * 60_000 };

interface Refusals {
  since: number;
  count: number;
  isNoted: boolean;
}

/**
 * Judges whether Vercel takes no checks of a project, or only refused some call.
 *
 * It remembers what this process saw: another one, and the next, begin anew,
 * which makes it later.
 */
export class VercelChecksRefusals {
  readonly #projects = new Map<string, Refusals>();

  constructor(
    private readonly options: { logger?: LoggerService; now(): number },
  ) {}

  /** Whether the refusal will last; false of any other error. */
  lasts(projectId: string, error: unknown, asked: Meaning): boolean {
    const { status } = findUpstreamFailure(error) ?? {};
    if (status === undefined) return false;
    if (asked.atOnce.includes(status)) return true;
    if (!asked.inTime.includes(status)) return false;
    const held = this.#hold(projectId);
    held.count++;
    return (
      held.count >= BELIEVED.refusals &&
      this.options.now() - held.since >= BELIEVED.milliseconds
    );
  }

  /** Says once that there are no checks, until there are again. */
  note(projectId: string, message: string): void {
    const held = this.#hold(projectId);
    if (held.isNoted) return;
    held.isNoted = true;
    this.options.logger?.warn(
      `Vercel takes no checks of project '${projectId}', so that only the commit shows them: ${message}`,
    );
  }

  /** Forgets what was refused, because a report was taken. */
  forget(projectId: string): void {
    if (this.#projects.get(projectId)?.isNoted) {
      this.options.logger?.info(
        `Vercel takes checks of project '${projectId}' again`,
      );
    }
    this.#projects.delete(projectId);
  }

  #hold(projectId: string): Refusals {
    const held = this.#projects.get(projectId) ?? {
      since: this.options.now(),
      count: 0,
      isNoted: false,
    };
    this.#projects.set(projectId, held);
    return held;
  }
}
