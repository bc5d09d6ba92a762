import { logBatch, logRow } from './__testUtils__/rows';
import { BatchCommitter } from './BatchCommitter';
import type { DrainReceipt } from './countNew';
import type { DrainBatch } from './DrainBatch';

const batch = (count = 1) =>
  logBatch(
    Array.from({ length: count }, (_, i) =>
      logRow({ requestId: `r${i}`, at: 1_763_726_400_000 }),
    ),
  );

/** A store whose commits end when they are told to. */
function createStore() {
  const commits: {
    batches: DrainBatch[];
    end(): void;
    fail(error: Error): void;
  }[] = [];
  const commit = (batches: DrainBatch[]) =>
    new Promise<DrainReceipt[]>((resolve, reject) => {
      const toReceipt = ({ count }: DrainBatch) => ({
        counted: count,
        repeated: 0,
        ignored: 0,
        rejected: {},
      });
      commits.push({
        batches,
        end: () => resolve(batches.map(toReceipt)),
        fail: reject,
      });
    });
  return { commits, store: { commit } };
}

describe('BatchCommitter', () => {
  it('commits together what arrives during a commit, and gives each its receipt', async () => {
    const { commits, store } = createStore();
    const committer = new BatchCommitter(store);
    const first = committer.commit(batch(1));
    const others = [2, 3, 4].map(count => committer.commit(batch(count)));
    expect(commits.map(({ batches }) => batches.length)).toEqual([1]);
    commits[0].end();
    expect(await first).toMatchObject({ counted: 1 });
    expect(commits.map(({ batches }) => batches.length)).toEqual([1, 3]);
    commits[1].end();
    expect((await Promise.all(others)).map(({ counted }) => counted)).toEqual([
      2, 3, 4,
    ]);
  });

  it('fails those of a failed commit only, and goes on', async () => {
    const { commits, store } = createStore();
    const committer = new BatchCommitter(store);
    const first = committer.commit(batch());
    const second = committer.commit(batch());
    commits[0].fail(new Error('no space left on device'));
    await expect(first).rejects.toMatchObject({
      name: 'ServiceUnavailableError',
      message: expect.stringContaining('Send them again later'),
    });
    commits[1].end();
    expect(await second).toMatchObject({ counted: 1 });
    const third = committer.commit(batch());
    commits[2].end();
    expect(await third).toMatchObject({ counted: 1 });
  });

  it('takes no more than it can keep while the database is slow', async () => {
    const { commits, store } = createStore();
    const committer = new BatchCommitter(store);
    const many = batch(100);
    many.count = 600_000;
    const waiting = [committer.commit(many), committer.commit(many)];
    await expect(committer.commit(many)).rejects.toThrow(
      /600000 wait for the database/,
    );
    commits[0].end();
    await waiting[0];
    commits[1].end();
    await waiting[1];
  });
});
