import { render, screen } from '@testing-library/react';
import { RatioBar } from './RatioBar';
import { Sparkline } from './Sparkline';

describe('RatioBar', () => {
  it('says the value, the word, the mark and the trend', () => {
    render(
      <RatioBar
        label="Error budget left"
        ratio={0.31}
        status="degraded"
        statusLabel="Burning"
        value="31 %"
        target={{ ratio: 0.5, label: 'half' }}
        trend="runs out in 9 days at this rate"
      />,
    );
    const bar = screen.getByRole('meter', { name: 'Error budget left' });
    expect(bar).toHaveAttribute('aria-valuenow', '31');
    expect(bar).toHaveAttribute(
      'aria-valuetext',
      '31 %, Burning, mark: half, runs out in 9 days at this rate',
    );
    expect(screen.getByText('Burning')).toBeVisible();
    expect(screen.getByText(/runs out in 9 days/)).toBeVisible();
  });

  it.each([
    [-0.4, '0', 1],
    [1.25, '100', 2],
    [undefined, '0', 1],
  ])('stays inside its frame at a ratio of %p', (ratio, now, parts) => {
    render(
      <RatioBar
        compact
        label="Cost"
        ratio={ratio}
        status="failing"
        value="x"
      />,
    );
    const bar = screen.getByRole('meter', { name: 'Cost' });
    expect(bar).toHaveAttribute('aria-valuenow', now);
    // Above the whole, a notch shows where the whole ends.
    expect(bar.children).toHaveLength(parts);
  });
});

describe('Sparkline', () => {
  function pathOf(values: Array<number | undefined>) {
    const { container } = render(<Sparkline label="Errors" values={values} />);
    return [...container.querySelectorAll('path')].pop()?.getAttribute('d');
  }

  it('leaves a gap where nothing is known and draws a lonely value as a point', () => {
    expect(pathOf([0, 2, undefined, 1, undefined])).toBe(
      'M2 22L25 2M71 12L71 12',
    );
  });

  it('keeps zero in sight', () => {
    expect(pathOf([10, 10])).toBe('M2 2L94 2');
    expect(pathOf([0, 0])).toBe('M2 22L94 22');
  });

  it('says that it is unknown when nothing is known', () => {
    render(<Sparkline label="Errors a day" values={[undefined]} />);
    expect(
      screen.getByRole('img', { name: 'Errors a day: unknown' }),
    ).toBeVisible();
  });
});
