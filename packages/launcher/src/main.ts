import { bench } from './bench';
import { demo } from './demo';
import { e2e } from './e2e';
import { reset } from './reset';
import { start } from './start';

const commands: Record<string, () => Promise<void>> = {
  start,
  reset,
  demo,
  e2e,
  bench,
};

const command = commands[process.argv[2]];
if (!command) {
  process.stderr.write(
    `Unknown command '${process.argv[2]}'. One of: ${Object.keys(commands).join(', ')}.\n`,
  );
  process.exitCode = 2;
} else {
  command().catch(error => {
    process.stderr.write(
      `${error instanceof Error ? error.message : String(error)}\n`,
    );
    process.exitCode = 1;
  });
}
