import {
  apportionCents,
  formatUsd,
  sumAmounts,
  toCents,
  toExact,
} from './money';
import type { Allocation, ServiceCost } from './types';

/** A charge, or the sum of several with the same project and service. @public */
export interface AllocatableCharge {
  amount: string;
  service: string;
  /** The project that the charge's tags name. */
  projectId?: string;
  projectName?: string;
}

type Part =
  | { kind: 'entity'; entityRef: string; amount: string }
  | {
      kind: 'notAllocated';
      projectId: string;
      projectName?: string;
      amount: string;
    }
  | { kind: 'shared'; service: string; amount: string };

/**
 * Lays charges on entities by the project that each charge names.
 *
 * A charge falls on exactly one line: on the entity that has its project, else
 * on the project as not allocated, or on the shared remainder when it names no
 * project. The remainder is shown with its services and is spread over nobody,
 * so that what an entity costs depends on nothing that others do. Lines are
 * rounded to the cent by largest remainder and sum to the rounded total.
 *
 * @param options - `entityRefs` gives the entity of a project id.
 * @public
 */
export function allocate(options: {
  charges: readonly AllocatableCharge[];
  entityRefs: ReadonlyMap<string, string>;
}): Allocation {
  const parts = collect(options.charges, options.entityRefs);
  const cents = apportionCents(parts.map(({ amount }) => amount));
  const lines = parts.map((part, index) => ({ ...part, amount: cents[index] }));
  const services = lines
    .filter(line => line.kind === 'shared')
    .map(({ service, amount }): ServiceCost => ({ service, amount }))
    .sort(highestFirst);
  const shared = sumCents(services);
  return {
    total: toCents(sumAmounts(parts.map(({ amount }) => amount))),
    entities: lines
      .filter(line => line.kind === 'entity')
      .map(({ entityRef, amount }) => ({ entityRef, amount }))
      .sort(highestFirst),
    notAllocated: lines
      .filter(line => line.kind === 'notAllocated')
      .map(({ projectId, projectName, amount }) => ({
        projectId,
        projectName,
        amount,
      }))
      .sort(highestFirst),
    shared: {
      amount: shared,
      services,
      explanation: explain(services, shared),
    },
  };
}

function collect(
  charges: readonly AllocatableCharge[],
  entityRefs: ReadonlyMap<string, string>,
): Part[] {
  const parts = new Map<string, Part>();
  for (const charge of charges) {
    const part = toPart(charge, entityRefs);
    const key = JSON.stringify([part.kind, nameOf(part)]);
    const held = parts.get(key);
    if (held) held.amount = sumAmounts([held.amount, part.amount]);
    else parts.set(key, part);
  }
  return [...parts.values()];
}

function toPart(
  { amount, service, projectId, projectName }: AllocatableCharge,
  entityRefs: ReadonlyMap<string, string>,
): Part {
  if (projectId === undefined) return { kind: 'shared', service, amount };
  const entityRef = entityRefs.get(projectId);
  return entityRef === undefined
    ? { kind: 'notAllocated', projectId, projectName, amount }
    : { kind: 'entity', entityRef, amount };
}

function nameOf(part: Part): string {
  switch (part.kind) {
    case 'entity':
      return part.entityRef;
    case 'notAllocated':
      return part.projectId;
    default:
      return part.service;
  }
}

function explain(services: ServiceCost[], amount: string): string {
  if (services.length === 0) return 'Every charge names a project.';
  const names = services.map(({ service }) => service);
  const shown = names.slice(0, 3).join(', ');
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return `${formatUsd(amount)} for ${shown}${more} names no project. It belongs to the team as a whole and is spread over no entity.`;
}

function sumCents(costs: ServiceCost[]): string {
  return toCents(sumAmounts(costs.map(({ amount }) => amount)));
}

function highestFirst(a: { amount: string }, b: { amount: string }): number {
  return toExact(b.amount).comparedTo(toExact(a.amount));
}
