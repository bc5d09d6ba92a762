const { once } = require('node:events');

module.exports = async () => {
  const child = globalThis.__forkyardTestPostgres;
  if (!child) return;
  child.stdin.end();
  await once(child, 'exit');
};
