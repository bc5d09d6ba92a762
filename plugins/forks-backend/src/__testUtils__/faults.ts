import type { FaultInput, TestLocalCloud } from '@forkyard/local-cloud';

const sides = ['github', 'vercel'] as const;

async function ask(
  cloud: TestLocalCloud,
  side: (typeof sides)[number],
  init: RequestInit,
): Promise<void> {
  const response = await fetch(`${cloud.urls[side]}/_local/faults`, {
    ...init,
    headers: {
      authorization: `Bearer ${cloud.token}`,
      'content-type': 'application/json',
    },
  });
  if (!response.ok) {
    throw new Error(`Faults answered ${response.status}`);
  }
}

/** Makes a provider of a test cloud fail. */
export async function injectFault(
  cloud: TestLocalCloud,
  side: (typeof sides)[number],
  fault: FaultInput,
): Promise<void> {
  await ask(cloud, side, { method: 'POST', body: JSON.stringify(fault) });
}

/** Makes both providers of a test cloud well again. */
export async function clearFaults(cloud: TestLocalCloud): Promise<void> {
  for (const side of sides) await ask(cloud, side, { method: 'DELETE' });
}
