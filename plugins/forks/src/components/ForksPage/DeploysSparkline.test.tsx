import { render, screen } from '@testing-library/react';
import { DeploysSparkline } from './DeploysSparkline';

describe('DeploysSparkline', () => {
  it('counts fourteen days of UTC, wherever the reader is', () => {
    render(
      <DeploysSparkline
        fork={{
          deploysByDay: [
            { date: '2028-02-16', count: 9 },
            { date: '2028-02-17', count: 3 },
            { date: '2028-02-29', count: 1 },
            { date: '2028-03-01', count: 2 },
          ],
        }}
        now={Date.parse('2028-03-01T00:10:00Z')}
      />,
    );
    expect(screen.getByRole('img')).toHaveAccessibleName(
      '6 deployments to production in 14 days, 2 today',
    );
  });
});
