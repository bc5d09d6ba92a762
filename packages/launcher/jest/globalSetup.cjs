// Starts a real PostgreSQL for the whole test run and hands its address to
// Backstage's TestDatabases, which would otherwise fall back to SQLite. It runs
// in a process of its own, out of reach of Jest's transforms.
const { spawn } = require('node:child_process');
const { join } = require('node:path');
const { createInterface } = require('node:readline');

const variable = 'BACKSTAGE_TEST_DATABASE_POSTGRES18_CONNECTION_STRING';

module.exports = async () => {
  if (process.env[variable]) return;
  const child = spawn(process.execPath, [join(__dirname, 'testPostgres.mjs')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  process.env[variable] = await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('error', reject);
    child.once('exit', code =>
      reject(new Error(`PostgreSQL for the tests ended with code ${code}`)),
    );
  });
  globalThis.__forkyardTestPostgres = child;
};
