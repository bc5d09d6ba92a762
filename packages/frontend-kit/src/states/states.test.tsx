import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { ResponseError } from '@backstage/errors';
import { asSentences } from './asSentences';
import { describeError } from './describeError';
import { EmptyState } from './EmptyState';
import { ErrorState } from './ErrorState';
import { LoadingState } from './LoadingState';

function responseError(
  statusCode: number,
  message: string,
  headers?: Record<string, string>,
) {
  return ResponseError.fromResponse(
    new Response(
      JSON.stringify({
        error: { name: 'Error', message },
        request: { method: 'GET', url: '/api/forks/forks' },
        response: { statusCode },
      }),
      {
        status: statusCode,
        headers: { 'content-type': 'application/json', ...headers },
      },
    ),
  );
}

describe('describeError', () => {
  it.each([
    [401, 'denied', /sign in again/],
    [403, 'denied', /access/],
    [404, 'not-found', /deleted or renamed/],
    [429, 'unavailable', /Wait a moment/],
    [503, 'unavailable', /Wait a moment/],
    [500, 'other', /Try again/],
  ])(
    'reads from an answer of %d that it is %s and what to do',
    async (statusCode, kind, action) => {
      const described = describeError(await responseError(statusCode, 'Why'));
      expect(described).toMatchObject({ kind, statusCode, message: 'Why' });
      expect(described.action).toMatch(action);
    },
  );

  it('tells a lost connection from an answer', () => {
    expect(describeError(new TypeError('Failed to fetch'))).toMatchObject({
      kind: 'network',
      message: 'The portal could not be reached',
    });
  });

  it('takes anything that is thrown', () => {
    expect(describeError('plain').message).toBe('plain');
    expect(describeError(new Error('words')).message).toBe('words');
  });
});

describe('ErrorState', () => {
  it('says what failed, that nothing was lost and what to do, and retries', async () => {
    const onRetry = jest.fn();
    render(
      <ErrorState
        title="The forks could not be loaded"
        error={await responseError(503, 'GitHub does not answer')}
        onRetry={onRetry}
      />,
    );
    const alert = screen.getByRole('alert');
    expect(alert).toHaveTextContent('The forks could not be loaded');
    expect(alert).toHaveTextContent('GitHub does not answer');
    expect(alert).toHaveTextContent('Nothing was lost.');
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(onRetry).toHaveBeenCalledTimes(1);
  });

  it('folds out the request and an id to quote', async () => {
    render(
      <ErrorState
        title="Failed"
        error={await responseError(500, 'Oops', { 'x-request-id': 'r-42' })}
      />,
    );
    expect(screen.getByText('GET /api/forks/forks')).not.toBeVisible();
    await userEvent.click(screen.getByText('Details'));
    expect(screen.getByText('GET /api/forks/forks')).toBeVisible();
    expect(screen.getByText('r-42')).toBeVisible();
  });

  it('says denied, without a retry, when the reader has no access', async () => {
    render(
      <ErrorState
        title="The forks could not be loaded"
        error={await responseError(403, 'You may not see fork shop')}
        onRetry={jest.fn()}
      />,
    );
    expect(screen.getByRole('alert')).toHaveTextContent(
      'You have no access to this',
    );
    expect(screen.getByText('You may not see fork shop')).toBeVisible();
    expect(screen.queryByRole('button')).not.toBeInTheDocument();
  });

  it('has no details to fold out when the error was no answer', () => {
    render(
      <ErrorState
        compact
        title="Failed"
        error={new Error('words')}
        lost="The form is kept."
        action="Reload."
      />,
    );
    expect(screen.queryByText('Details')).not.toBeInTheDocument();
    expect(screen.getByText('The form is kept. Reload.')).toBeVisible();
  });
});

describe('asSentences', () => {
  it('ends each text once, and leaves out what is not there', () => {
    expect(
      asSentences('Failed', undefined, 'Why? ', false, 'Try again.', ''),
    ).toBe('Failed. Why? Try again.');
  });
});

describe('EmptyState', () => {
  it('says what will be here, with one button to start', () => {
    render(
      <EmptyState
        title="No forks yet"
        description="A fork is your own product."
        action={<button type="button">Fork an application</button>}
      />,
    );
    expect(screen.getByText('No forks yet')).toBeVisible();
    expect(screen.getByRole('button')).toHaveTextContent('Fork an application');
  });
});

describe('LoadingState', () => {
  it('tells a screen reader what is loading', () => {
    render(<LoadingState label="Loading forks" rows={2} />);
    expect(screen.getByRole('status')).toHaveTextContent('Loading forks');
    expect(screen.getByRole('status')).toHaveAttribute('aria-busy', 'true');
  });
});
