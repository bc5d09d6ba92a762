import type { Deployment } from '../model';

const SHORTEST_SECRET = 6;

/** Makes a function that blacks out a deployment's secret values in its logs. */
export function createRedactor(deployment: Deployment) {
  const secrets = deployment.secretKeys
    .map(key => deployment.variables[key])
    .filter(value => value !== undefined && value.length >= SHORTEST_SECRET)
    // A secret that holds another one goes first.
    .sort((a, b) => b.length - a.length);
  return (line: string) =>
    secrets.reduce(
      (text, secret) => text.split(secret).join('[REDACTED]'),
      line,
    );
}
