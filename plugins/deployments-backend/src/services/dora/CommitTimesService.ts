import type { LoggerService } from '@backstage/backend-plugin-api';
import { assertError } from '@backstage/errors';
import type { CommitsStore } from '../../database/dora/CommitsStore';

/** Asks where commits are when they were made. */
export interface CommitTimeSource {
  /**
   * Gives undefined when the address is none of a commit that can be asked for.
   * Throws `NotFoundError` and `InputError` for a definite answer, anything
   * else for none.
   */
  findTime(commit: { sha: string; url: string }): Promise<Date | undefined>;
}

/** 3,000 an hour, of the 5,000 that GitHub grants a token. */
const MOST_AT_ONCE = 50;

/** Then it is not one repository but the whole system. */
const MOST_FAILURES = 3;

const DEFINITE = ['NotFoundError', 'InputError'];

/**
 * Finds out when deployed commits were made, each once. A commit that cannot be
 * read is asked for again later and later; its time stays unknown until then.
 */
export class CommitTimesService {
  constructor(
    private readonly options: {
      commits: CommitsStore;
      source: CommitTimeSource;
      logger: LoggerService;
    },
  ) {}

  /**
   * Asks for what is due. Throws the last failure when the system did not
   * answer, after what could be read was kept.
   */
  async readDueCommits(signal?: AbortSignal): Promise<void> {
    const { commits, logger } = this.options;
    let failures = 0;
    let last: Error | undefined;
    for (const commit of await commits.listDue(MOST_AT_ONCE)) {
      signal?.throwIfAborted();
      const failure = await this.#readCommit(commit);
      if (!failure) {
        failures = 0;
        continue;
      }
      const definite = DEFINITE.includes(failure.name);
      await commits.postpone(commit.sha, {
        message: failure.message,
        definite,
      });
      if (definite) {
        logger.debug(`Commit '${commit.url}' has no time: ${failure.message}`);
        continue;
      }
      last = failure;
      failures += 1;
      if (failures === MOST_FAILURES) break;
    }
    if (last) throw last;
  }

  async #readCommit(commit: {
    sha: string;
    url: string;
  }): Promise<Error | undefined> {
    const { commits, source } = this.options;
    try {
      const time = await source.findTime(commit);
      await (time
        ? commits.saveTime(commit.sha, time)
        : commits.postpone(commit.sha, {
            message: 'Its address is no page of a commit.',
            definite: true,
          }));
      return undefined;
    } catch (error) {
      assertError(error);
      return error;
    }
  }
}
