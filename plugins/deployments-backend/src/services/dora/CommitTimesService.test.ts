import { mockServices } from '@backstage/backend-test-utils';
import {
  InputError,
  NotFoundError,
  ServiceUnavailableError,
} from '@backstage/errors';
import type { CommitsStore } from '../../database/dora/CommitsStore';
import { CommitTimesService } from './CommitTimesService';

const TIME = new Date('2026-11-01T00:00:00Z');

/** Commits that are due, and what the system says of each. */
function setUp(answers: Record<string, Date | Error | undefined>) {
  const saved: Record<string, Date> = {};
  const postponed: Record<string, boolean> = {};
  const asked: string[] = [];
  const commits: CommitsStore = {
    listDue: async limit =>
      Object.keys(answers)
        .slice(0, limit)
        .map(sha => ({ sha, url: `https://github.com/acme/shop/${sha}` })),
    saveTime: async (sha, time) => {
      saved[sha] = time;
    },
    postpone: async (sha, { definite }) => {
      postponed[sha] = definite;
    },
  };
  const service = new CommitTimesService({
    commits,
    source: {
      findTime: async ({ sha }) => {
        asked.push(sha);
        const answer = answers[sha];
        if (answer instanceof Error) throw answer;
        return answer;
      },
    },
    logger: mockServices.logger.mock(),
  });
  return { service, saved, postponed, asked };
}

describe('CommitTimesService', () => {
  it('keeps what it finds out, and goes on past commits that are not to be had', async () => {
    const { service, saved, postponed } = setUp({
      gone: new NotFoundError('Gone'),
      elsewhere: new InputError('Unknown host'),
      nothing: undefined,
      here: TIME,
    });
    await service.readDueCommits();
    expect(saved).toEqual({ here: TIME });
    expect(postponed).toEqual({ gone: true, elsewhere: true, nothing: true });
  });

  it('throws what went wrong when the system did not answer once, after the rest', async () => {
    const { service, saved, postponed } = setUp({
      refused: new ServiceUnavailableError('Refused'),
      here: TIME,
    });
    await expect(service.readDueCommits()).rejects.toThrow('Refused');
    expect(saved).toEqual({ here: TIME });
    expect(postponed).toEqual({ refused: false });
  });

  it('asks no more once the system has failed three times in a row', async () => {
    const failure = new ServiceUnavailableError('Away');
    const { service, asked } = setUp({
      a: failure,
      b: TIME,
      c: failure,
      d: failure,
      e: failure,
      f: TIME,
    });
    await expect(service.readDueCommits()).rejects.toThrow('Away');
    expect(asked).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('asks for a bounded number at a time, and stops when told to', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 120 }, (_, index) => [`sha-${index}`, TIME]),
    );
    const { service, asked } = setUp(many);
    await service.readDueCommits();
    expect(asked).toHaveLength(50);
    await expect(
      service.readDueCommits(AbortSignal.abort(new Error('Shutting down'))),
    ).rejects.toThrow('Shutting down');
    expect(asked).toHaveLength(50);
  });
});
