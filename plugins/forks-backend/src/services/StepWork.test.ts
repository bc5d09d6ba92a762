import type { Step } from '../steps/Step';
import { StepWork, type StepWorkOptions } from './StepWork';

describe('StepWork', () => {
  const step = { id: 'project', timeLimitSeconds: 60 } as Step;

  /** A step with a call under way that ends when it is told to. */
  function start() {
    const abort = new AbortController();
    const leaseLost = new AbortController();
    const events: string[] = [];
    let answer = () => {};
    const answered = new Promise<void>(resolve => (answer = resolve));
    const work = new StepWork({
      signal: abort.signal,
      leaseLost: leaseLost.signal,
    } as StepWorkOptions);
    const ended = work
      .withTimeLimit(step, async () => {
        await answered;
        events.push('the call was answered');
      })
      .catch(error => events.push(`the work ended: ${error.message}`));
    return { abort, leaseLost, events, answer, ended };
  }

  it('ends only when the call that is under way has been answered', async () => {
    const { abort, events, answer, ended } = start();
    abort.abort(new Error('superseded'));
    await new Promise(setImmediate);
    expect(events).toEqual([]);
    answer();
    await ended;
    expect(events).toEqual([
      'the call was answered',
      'the work ended: superseded',
    ]);
  });

  it('ends at once when another worker may have taken over', async () => {
    const { abort, leaseLost, events, ended } = start();
    abort.abort(new Error('superseded'));
    leaseLost.abort(new Error('lost'));
    await ended;
    expect(events).toEqual(['the work ended: superseded']);
  });
});
