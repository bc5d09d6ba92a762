import { makeDeliveries } from './lines';

/**
 * Measures what `JSON.parse` alone takes for the lines of deliveries, from
 * bytes in memory to objects that are dropped. Prints microseconds a line, by
 * the clock and of the processor.
 */
const [round, count, now] = process.argv.slice(2);
const deliveries = makeDeliveries({
  round,
  count: Number(count),
  now: Number(now),
});
let lines = 0;
let errors = 0;
const cpuBegan = process.cpuUsage();
const began = performance.now();
for (const { body } of deliveries) {
  for (const line of body.toString('utf8').split('\n')) {
    if (line === '') continue;
    const row = JSON.parse(line) as { statusCode: number };
    if (row.statusCode >= 500) errors += 1;
    lines += 1;
  }
}
const elapsedMs = performance.now() - began;
const { user, system } = process.cpuUsage(cpuBegan);
const expected = deliveries.reduce((sum, delivery) => sum + delivery.errors, 0);
if (errors !== expected) throw new Error(`${errors} errors, not ${expected}`);
process.stdout.write(
  `elapsed ${(elapsedMs * 1000) / lines} cpu ${(user + system) / lines}\n`,
);
