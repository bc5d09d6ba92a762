import { setTimeout as delay } from 'node:timers/promises';
import { PortalApi, type ForkForm } from './PortalApi';
import { requestHost } from './requestHost';

const common = {
  owner: 'group:default/platform',
  system: 'system:default/demo',
  baseApplication: 'acme/base-app',
  onFailure: 'keep',
} as const;

const demoForks: ForkForm[] = [
  {
    ...common,
    name: 'image-studio',
    title: 'Image Studio',
    description: 'Describes pictures for the marketing team',
    sloTier: 'critical',
    monthlyBudgetUsd: 50,
  },
  {
    ...common,
    name: 'doc-digest',
    title: 'Doc Digest',
    description: 'Summarizes contracts for the legal team',
    sloTier: 'standard',
    monthlyBudgetUsd: 30,
  },
  {
    ...common,
    name: 'support-helper',
    title: 'Support Helper',
    description: 'Drafts answers to support requests',
    sloTier: 'standard',
    monthlyBudgetUsd: 40,
  },
];

const trafficSeconds = 60;

/**
 * Makes three forks through the portal's own form API and sends them requests
 * through the gateway for a minute. Forks that exist already are kept.
 */
export async function demo(): Promise<void> {
  const portal = new PortalApi();
  await portal.signIn();
  const hosts: string[] = [];
  for (const form of demoForks) {
    const existing = await portal
      .request<{
        productionUrl?: string;
        lifecycle: string;
      }>('GET', `/api/forks/forks/${form.name}`)
      .catch(() => undefined);
    if (existing?.lifecycle === 'active' && existing.productionUrl) {
      process.stdout.write(`${form.name} exists: ${existing.productionUrl}\n`);
      hosts.push(new URL(existing.productionUrl).host);
      continue;
    }
    const began = Date.now();
    process.stdout.write(`Creating ${form.name} ... `);
    const { output } = await portal.waitForTask(await portal.createFork(form));
    if (!output.productionUrl) {
      throw new Error(`The task that made ${form.name} gave no URL.`);
    }
    process.stdout.write(
      `${((Date.now() - began) / 1000).toFixed(1)} s, ${output.productionUrl}\n`,
    );
    hosts.push(new URL(output.productionUrl).host);
  }
  process.stdout.write(`Sending requests for ${trafficSeconds} s ... `);
  const counts = await Promise.all(hosts.map(sendTraffic));
  process.stdout.write(
    `${hosts.map((host, index) => `${host}: ${counts[index]}`).join(', ')} requests\n`,
  );
}

async function sendTraffic(host: string): Promise<number> {
  const until = Date.now() + trafficSeconds * 1000;
  const paths = ['/', '/', '/', '/healthz', '/no-such-page'];
  let sent = 0;
  while (Date.now() < until) {
    await requestHost(host, paths[sent % paths.length]);
    sent += 1;
    await delay(100);
  }
  return sent;
}
