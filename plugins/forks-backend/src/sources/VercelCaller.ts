import { NotFoundError } from '@backstage/errors';
import {
  callVercel,
  type VercelCall,
  type VercelClient,
} from '@forkyard/backend-kit';
import type { z } from 'zod';

/**
 * What the adapters to Vercel have in common: the team, and that what is not
 * there may be looked for.
 */
export class VercelCaller {
  constructor(readonly client: VercelClient) {}

  /** Adds the team to a request. */
  team<T extends object>(request: T): T & { teamId?: string } {
    return { ...request, teamId: this.client.teamId };
  }

  call<TSchema extends z.ZodType>(call: VercelCall<TSchema>) {
    return callVercel(this.client, call);
  }

  /** Resolves to undefined instead of throwing `NotFoundError`. */
  async find<TSchema extends z.ZodType>(
    call: VercelCall<TSchema>,
  ): Promise<z.output<TSchema> | undefined> {
    try {
      return await this.call(call);
    } catch (error) {
      if (error instanceof NotFoundError) return undefined;
      throw error;
    }
  }
}
