import {
  fireEvent,
  render,
  screen,
  waitFor,
  within,
} from '@testing-library/react';
import { BarSeriesChart, type BarSeriesChartProps } from './BarSeriesChart';
// Drawings are loaded lazily; here before the tests, whose patience is for drawing.
import './BarSeriesPlot';

const cost: BarSeriesChartProps = {
  title: 'Cost a day',
  unit: 'USD',
  days: ['2026-11-01', '2026-11-02', '2026-11-03'],
  series: [
    { id: 'functions', label: 'Functions', values: [1.5, 2, undefined] },
    { id: 'builds', label: 'Builds', values: [0, -0.25, undefined] },
  ],
  target: { value: 1.67, label: 'Budget $1.67 a day' },
  formatValue: value => `$${value.toFixed(2)}`,
};

/** Renders until the drawing has come; the library measures by computed style. */
async function renderDrawn(props: Partial<BarSeriesChartProps> = {}) {
  const result = render(<BarSeriesChart {...cost} {...props} />);
  await waitFor(() =>
    expect(result.container.querySelector('[data-series]')).toBeTruthy(),
  );
  return result;
}

describe('BarSeriesChart', () => {
  const style = document.createElement('style');
  style.textContent =
    '.MuiChartsSurface-root { width: 640px !important; height: 180px !important; }';
  beforeAll(() => document.head.append(style));
  afterAll(() => style.remove());

  it('says the newest known day until another one is read', async () => {
    await renderDrawn();
    expect(screen.getByText('$2.00')).toBeVisible();
    expect(screen.getByText('Budget $1.67 a day')).toBeVisible();
    expect(screen.getByText(/2.*together \$1\.75/)).toBeVisible();
    const reader = screen.getByRole('slider');
    fireEvent.change(reader, { target: { value: '0' } });
    expect(reader).toHaveAttribute(
      'aria-valuetext',
      expect.stringMatching(
        /Functions \$1\.50, Builds \$0\.00; together \$1\.50$/,
      ),
    );
  });

  it('has a table behind it in which an unknown day is unknown', async () => {
    await renderDrawn();
    const details = screen.getByText('Show as table').closest('details');
    details!.open = true;
    fireEvent(details!, new Event('toggle'));
    const rows = within(await screen.findByRole('table')).getAllByRole('row');
    expect(
      rows.map(row => [...row.children].map(cell => cell.textContent)),
    ).toEqual([
      ['Day', 'Functions', 'Builds', 'Together'],
      ['2026-11-01', '$1.50', '$0.00', '$1.50'],
      ['2026-11-02', '$2.00', '$-0.25', '$1.75'],
      ['2026-11-03', 'unknown', 'unknown', 'unknown'],
    ]);
  });

  it('marks days that stand out, and says why where they are read', async () => {
    const marks = [{ day: '2026-11-02', label: 'usually about $0.90' }];
    const { container } = await renderDrawn({ marks });
    expect(
      container.querySelector('[data-marked-day="2026-11-02"]'),
    ).toBeTruthy();
    const reader = screen.getByRole('slider');
    expect(reader).toHaveAttribute(
      'aria-valuetext',
      expect.stringMatching(/together \$1\.75, usually about \$0\.90$/),
    );
    fireEvent.change(reader, { target: { value: '0' } });
    expect(reader).toHaveAttribute(
      'aria-valuetext',
      expect.stringMatching(/together \$1\.50$/),
    );
  });

  it('draws a bar for each known value', async () => {
    const { container } = await renderDrawn();
    const heights = [...container.querySelectorAll('[data-series] rect')].map(
      bar => Number(bar.getAttribute('height')),
    );
    expect(heights.filter(height => height > 0)).toHaveLength(3);
  });

  it('draws nothing, rather than zero, when nothing is known', () => {
    render(
      <BarSeriesChart {...cost} series={[]} emptyText="No charges yet." />,
    );
    expect(screen.getByText('No charges yet.')).toBeVisible();
  });
});
