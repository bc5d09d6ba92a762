const { rm } = require('node:fs/promises');

module.exports = async () => {
  const postgres = globalThis.__forkyardTestPostgres;
  if (!postgres) return;
  await postgres.stop();
  await rm(globalThis.__forkyardTestFolder, { recursive: true, force: true });
};
