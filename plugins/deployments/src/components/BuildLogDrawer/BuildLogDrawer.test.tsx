import type { BuildLogLine } from '@forkyard/plugin-deployments-common';
import { screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import {
  building,
  createDeploymentsApi,
  failed,
} from '../../__testUtils__/deployments';
import { renderWithDeployments } from '../../__testUtils__/renderWithDeployments';
import { BuildLogDrawer } from './BuildLogDrawer';

function line(sequence: number, text: string): BuildLogLine {
  return {
    sequence,
    text,
    at: '2026-11-20T10:00:02.000Z',
    stream: 'stdout',
  };
}

/** A log to which the test adds lines, and which it ends, when it wants. */
function createControlledLog() {
  const waiting: (() => void)[] = [];
  const queue: (BuildLogLine | 'end' | Error)[] = [];
  function push(item: BuildLogLine | 'end' | Error) {
    queue.push(item);
    waiting.splice(0).forEach(wake => wake());
  }
  async function* stream() {
    for (;;) {
      const item = queue.shift();
      if (item === 'end') return;
      if (item instanceof Error) throw item;
      if (item) yield item;
      else await new Promise<void>(resolve => waiting.push(resolve));
    }
  }
  return { push, stream };
}

describe('the build log drawer', () => {
  it('follows the lines as they come and stops when the build ends', async () => {
    const log = createControlledLog();
    const api = createDeploymentsApi({ streamBuildLog: log.stream });
    renderWithDeployments(
      <BuildLogDrawer deployment={building} onClose={() => {}} />,
      { api },
    );
    expect(
      await screen.findByRole('dialog', { name: 'Build log of c0ffee1' }),
    ).toBeInTheDocument();
    expect(screen.getByText('Waiting for the first line.')).toBeVisible();
    log.push(line(1, 'added 112 packages'));
    expect(await screen.findByText('added 112 packages')).toBeVisible();
    expect(screen.getByRole('button', { name: 'Pause' })).toBeVisible();
    log.push({ ...line(2, 'Error: no such file'), stream: 'stderr' });
    log.push('end');
    expect(await screen.findByText('Error: no such file')).toBeVisible();
    await waitFor(() =>
      expect(
        screen.queryByRole('button', { name: 'Pause' }),
      ).not.toBeInTheDocument(),
    );
    expect(api.streamBuildLog).toHaveBeenCalledWith(
      { id: 'vercel:dpl_building', follow: true },
      expect.anything(),
    );
  });

  it('keeps the lines when the stream breaks, and reads again on request', async () => {
    const log = createControlledLog();
    const api = createDeploymentsApi({ streamBuildLog: log.stream });
    renderWithDeployments(
      <BuildLogDrawer deployment={building} onClose={() => {}} />,
      { api },
    );
    log.push(line(1, 'Cloning'));
    log.push(new Error('The connection was lost'));
    expect(await screen.findByText(/The connection was lost/)).toBeVisible();
    expect(screen.getByText('Cloning')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    log.push(line(1, 'Cloning once more'));
    log.push('end');
    expect(await screen.findByText('Cloning once more')).toBeVisible();
    expect(
      screen.queryByText(/The connection was lost/),
    ).not.toBeInTheDocument();
  });

  it('shows why the deployment failed, and that there is no log', async () => {
    renderWithDeployments(
      <BuildLogDrawer deployment={failed} onClose={() => {}} />,
      { api: createDeploymentsApi() },
    );
    expect(
      await screen.findByText('Command "npm run build" exited with 1'),
    ).toBeVisible();
    expect(await screen.findByText('The provider has no log.')).toBeVisible();
  });

  it('stops reading and closes with Escape', async () => {
    const log = createControlledLog();
    let signal: AbortSignal | undefined;
    const api = createDeploymentsApi({
      streamBuildLog: (_request, options) => {
        signal = options?.signal;
        return log.stream();
      },
    });
    const onClose = jest.fn();
    const { unmount } = renderWithDeployments(
      <BuildLogDrawer deployment={building} onClose={onClose} />,
      { api },
    );
    await screen.findByRole('dialog');
    await userEvent.keyboard('{Escape}');
    expect(onClose).toHaveBeenCalled();
    unmount();
    expect(signal?.aborted).toBe(true);
  });
});
