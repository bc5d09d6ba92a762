import { parseTime, readProcesses, type ProcessUse } from './processGroups';
import { ProcessMeter } from './ProcessMeter';

const groups = new Set([7]);

function use(key: string, cpu: number, changes: Partial<ProcessUse> = {}) {
  return {
    key,
    group: 7,
    residentBytes: 1024 * 1024,
    cpuMicroseconds: cpu,
    ...changes,
  };
}

describe('ProcessMeter', () => {
  it('adds up what each process of a group used since the last look', () => {
    const meter = new ProcessMeter();
    // All that a process has used is new at the first sight of it; how long it held its memory is not known yet.
    expect(meter.measure([use('1 a', 300)], groups, 1_000).get(7)).toEqual({
      cpuMicroseconds: 300,
      memoryKibibyteMilliseconds: 0,
    });
    const second = [
      use('1 a', 500),
      use('2 b', 40),
      use('3 c', 9, { group: 8 }),
    ];
    expect([...meter.measure(second, groups, 3_000)]).toEqual([
      [7, { cpuMicroseconds: 240, memoryKibibyteMilliseconds: 1024 * 2_000 }],
    ]);
    expect(meter.measure(second, groups, 3_500).get(7)).toEqual({
      cpuMicroseconds: 0,
      memoryKibibyteMilliseconds: 2 * 1024 * 500,
    });
  });

  it('takes one that has used less than before for another one', () => {
    const meter = new ProcessMeter();
    meter.measure([use('1', 900)], groups, 0);
    expect(meter.measure([use('1', 100)], groups, 1_000).get(7)).toEqual({
      cpuMicroseconds: 100,
      memoryKibibyteMilliseconds: 0,
    });
  });

  it('reads this very process', async () => {
    const before = process.cpuUsage();
    const own = (await readProcesses()).find(
      ({ key }) => key.split(' ')[0] === String(process.pid),
    );
    // Ticks are hundredths of a second.
    expect(own?.cpuMicroseconds).toBeGreaterThan(
      before.user + before.system - 30_000,
    );
    expect(own?.residentBytes).toBeGreaterThan(10 * 1024 * 1024);
  });

  it.each([
    ['0:01.23', 1_230_000],
    ['12:00.00', 720_000_000],
    ['1:02:03', 3_723_000_000],
    ['-', 0],
  ])('reads the time %s', (time, microseconds) => {
    expect(parseTime(time)).toBe(microseconds);
  });
});
