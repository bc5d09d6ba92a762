import { act, fireEvent, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { ChartGroup } from './ChartGroup';
import { TimeSeriesChart, type TimeSeriesChartProps } from './TimeSeriesChart';
// Drawings are loaded lazily; here before the tests, whose patience is for drawing.
import './TimeSeriesPlot';

const minute = (count: number) =>
  new Date(Date.UTC(2026, 10, 21, 12, count)).toISOString();

const errorRate: TimeSeriesChartProps = {
  title: 'Error rate',
  unit: '%',
  from: minute(0),
  to: minute(10),
  intervalMs: 60_000,
  lines: [
    {
      id: 'errors',
      label: 'Errors',
      points: [
        { at: minute(0), value: 0 },
        { at: minute(1) },
        { at: minute(2), value: 1.25 },
        { at: minute(10), value: 2 },
        { at: minute(30), value: 99 },
      ],
    },
  ],
  target: { value: 0.1, label: 'Objective 0.1 %' },
  marks: [
    { at: minute(1), kind: 'deployment', label: '3f2c1a9 went live' },
    { at: minute(9), kind: 'alert', label: 'Budget burns' },
    { at: minute(50), kind: 'deployment', label: 'Too late' },
  ],
};

/** The library measures by computed style, of which jsdom knows only what is written down. */
function giveChartsASize() {
  const style = document.createElement('style');
  style.textContent =
    '.MuiChartsSurface-root { width: 640px !important; height: 160px !important; }';
  document.head.append(style);
  return () => style.remove();
}

function legendOf(title: string) {
  return screen.getByRole('figure', { name: new RegExp(title) });
}

describe('TimeSeriesChart', () => {
  let removeSize: () => void;
  beforeEach(() => {
    removeSize = giveChartsASize();
  });
  afterEach(() => removeSize());

  it('says the last known value, of when it is, and draws with a gap where nothing is known', async () => {
    const { container } = render(<TimeSeriesChart {...errorRate} />);
    const figure = legendOf('Error rate');
    expect(within(figure).getByText('2 %')).toBeVisible();
    expect(within(figure).getByText(/^as of .*12:10 UTC/)).toBeVisible();
    expect(
      await screen.findByRole('button', { name: /3f2c1a9 went live/ }),
    ).toBeVisible();
    const path = container
      .querySelector('[data-series="line0"]')
      ?.getAttribute('d');
    // Three separate beginnings: 12:00, 12:02 and 12:10.
    expect(path?.match(/M/g)).toHaveLength(3);
    expect(within(figure).getByText('Objective 0.1 %')).toBeVisible();
    expect(
      container.querySelector('.MuiChartsReferenceLine-line'),
    ).toBeTruthy();
  });

  it('is read by keyboard, and the charts of a group are read at the same moment', () => {
    render(
      <ChartGroup>
        <TimeSeriesChart {...errorRate} />
        <TimeSeriesChart
          {...errorRate}
          title="Latency"
          unit="ms"
          marks={[]}
          lines={[
            {
              id: 'p95',
              label: 'p95',
              points: [
                { at: minute(1), value: 180 },
                { at: minute(10), value: 240 },
              ],
            },
          ]}
        />
      </ChartGroup>,
    );
    const reader = screen.getByRole('slider', { name: /Error rate/ });
    fireEvent.change(reader, { target: { value: '1' } });
    expect(reader).toHaveAttribute(
      'aria-valuetext',
      expect.stringMatching(/12:01 UTC\): Errors unknown$/),
    );
    expect(within(legendOf('Latency')).getByText('180 ms')).toBeVisible();
    fireEvent.blur(reader);
    expect(within(legendOf('Latency')).getByText('240 ms')).toBeVisible();
  });

  it('names marks on focus, and joins those too close to press', async () => {
    render(
      <TimeSeriesChart
        {...errorRate}
        marks={[
          { at: minute(5), kind: 'deployment', label: 'First' },
          { at: minute(5), kind: 'incident', label: 'Second' },
        ]}
      />,
    );
    const button = await screen.findByRole('button', {
      name: /^2 Incidents: First.*Second/,
    });
    act(() => screen.getByRole('slider').focus());
    await userEvent.tab();
    expect(button).toHaveFocus();
    expect(await screen.findByRole('tooltip')).toHaveTextContent(
      /First.*Second/,
    );
  });

  it('follows the pointer, and leaves the moment when the pointer leaves', async () => {
    const { container } = render(<TimeSeriesChart {...errorRate} />);
    await screen.findByRole('button', { name: /Budget burns/ });
    const area = container.querySelector('.MuiChartsSurface-root')
      ?.parentElement as HTMLElement;
    // The axis takes 44 pixels on the left; 12:02 lies at a fifth of the rest.
    fireEvent(
      area,
      new MouseEvent('pointermove', { bubbles: true, clientX: 44 + 588 / 5 }),
    );
    expect(within(legendOf('Error rate')).getByText('1.25 %')).toBeVisible();
    fireEvent.pointerLeave(area);
    expect(within(legendOf('Error rate')).getByText('2 %')).toBeVisible();
  });

  it('has a table behind it that says unknown, and what happened', async () => {
    render(<TimeSeriesChart {...errorRate} />);
    expect(screen.queryByRole('table')).not.toBeInTheDocument();
    const details = screen.getByText('Show as table').closest('details');
    details!.open = true;
    fireEvent(details!, new Event('toggle'));
    const table = await screen.findByRole('table');
    const rows = within(table)
      .getAllByRole('row')
      .map(row => row.textContent?.replace(/^.*\((.*) UTC\)/, '$1 '));
    expect(rows).toEqual([
      'TimeErrors',
      '12:00 0 %',
      '12:01 unknown',
      '12:02 1.25 %',
      '12:03 unknown',
      '12:10 2 %',
    ]);
    const notes = within(
      screen.getByRole('region', { name: /as a table/ }),
    ).getAllByRole('listitem');
    expect(notes.map(note => note.textContent)).toEqual([
      'Objective 0.1 %',
      expect.stringContaining('3f2c1a9 went live'),
      expect.stringContaining('Budget burns'),
    ]);
  });

  it('draws nothing, rather than zero, when nothing is known', () => {
    render(
      <TimeSeriesChart
        {...errorRate}
        emptyText="No durations were measured."
        lines={[{ id: 'p50', label: 'p50', points: [{ at: minute(1) }] }]}
      />,
    );
    expect(screen.getByText('No durations were measured.')).toBeVisible();
    expect(screen.queryByRole('slider')).not.toBeInTheDocument();
  });

  it('draws five lines at most and says so of the others', async () => {
    const { container } = render(
      <TimeSeriesChart
        {...errorRate}
        lines={['a', 'b', 'c', 'd', 'e', 'f'].map(id => ({
          id,
          label: id,
          points: errorRate.lines[0].points,
        }))}
      />,
    );
    await screen.findByRole('button', { name: /went live/ });
    expect(container.querySelectorAll('path[data-series]')).toHaveLength(5);
    const details = screen.getByText('Show as table').closest('details');
    details!.open = true;
    fireEvent(details!, new Event('toggle'));
    expect(await screen.findByText(/last 1 are not drawn/)).toBeVisible();
    expect(screen.getByRole('columnheader', { name: 'f' })).toBeVisible();
  });
});
