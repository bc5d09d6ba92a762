import { randomUUID } from 'node:crypto';
import { z } from 'zod';

export const faultSchema = z
  .strictObject({
    /** HTTP method; any when absent. */
    method: z.string().max(10).optional(),
    /** Path with `*` for any text, such as `/repos/acme/*`. */
    path: z.string().max(500).default('*'),
    /** Share of the matching requests that are hit, from 0 to 1. */
    rate: z.number().min(0).max(1).default(1),
    /** How many requests are hit before the fault removes itself. */
    times: z.number().int().min(1).optional(),
    /** Waits before anything else happens. */
    latencyMilliseconds: z.number().int().min(0).max(600_000).optional(),
    /** Answers with this status instead of the real answer. */
    status: z.number().int().min(400).max(599).optional(),
    headers: z.record(z.string(), z.string()).optional(),
    /** Body sent with `status`; text is sent as it is. */
    body: z.unknown().optional(),
    /** `request`: nothing is done and the connection breaks. `reply`: the work is done, then the connection breaks. */
    drop: z.enum(['request', 'reply']).optional(),
  })
  .refine(
    fault =>
      fault.latencyMilliseconds !== undefined ||
      fault.status !== undefined ||
      fault.drop !== undefined,
    { message: 'Give at least one of latencyMilliseconds, status, drop' },
  );

export type FaultInput = z.input<typeof faultSchema>;

/** Is a fault that is in force. */
export type Fault = z.output<typeof faultSchema> & {
  id: string;
  /** Requests it has hit so far. */
  hits: number;
};

function toPattern(path: string): RegExp {
  const escaped = path
    .split('*')
    .map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${escaped}$`);
}

/** Holds the faults of one origin; they end with the process. */
export class FaultBook {
  readonly #faults = new Map<string, Fault>();
  readonly #random: () => number;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  add(input: FaultInput): Fault {
    const fault = { ...faultSchema.parse(input), id: randomUUID(), hits: 0 };
    this.#faults.set(fault.id, fault);
    return fault;
  }

  list(): Fault[] {
    return [...this.#faults.values()];
  }

  remove(id: string): boolean {
    return this.#faults.delete(id);
  }

  clear(): void {
    this.#faults.clear();
  }

  /** Takes the first fault that hits a request. */
  take(request: { method: string; path: string }): Fault | undefined {
    for (const fault of this.#faults.values()) {
      const matches =
        (fault.method === undefined ||
          fault.method.toUpperCase() === request.method.toUpperCase()) &&
        toPattern(fault.path).test(request.path);
      if (matches && this.#random() < fault.rate) {
        fault.hits += 1;
        if (fault.times !== undefined && fault.hits >= fault.times) {
          this.#faults.delete(fault.id);
        }
        return fault;
      }
    }
    return undefined;
  }
}
