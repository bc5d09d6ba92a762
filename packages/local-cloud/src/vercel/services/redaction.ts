import type { Deployment } from '../model';

const SHORTEST_SECRET = 6;

/** Makes a function that blacks out a deployment's secret values in its logs. */
export function createRedactor(deployment: Deployment) {
  const secrets = deployment.secretKeys
    .flatMap(key => withPassword(deployment.variables[key]))
    .filter((value): value is string => value !== undefined)
    .filter(value => value.length >= SHORTEST_SECRET)
    // A secret that holds another one goes first.
    .sort((a, b) => b.length - a.length);
  return (line: string) =>
    secrets.reduce(
      (text, secret) => text.split(secret).join('[REDACTED]'),
      line,
    );
}

/** Lists a value and, when it is a URL with a password, that too. */
function withPassword(value: string | undefined): (string | undefined)[] {
  if (!value?.includes('://')) return [value];
  try {
    const { password } = new URL(value);
    return [value, password, decodeURIComponent(password)];
  } catch {
    return [value];
  }
}
