const commands: Record<string, () => Promise<void>> = {
  start: async () => (await import('./start')).start(),
  reset: async () => (await import('./reset')).reset(),
  demo: async () => (await import('./demo')).demo(),
  e2e: async () => (await import('./e2e')).e2e(),
  bench: async () => (await import('./bench')).bench(),
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
