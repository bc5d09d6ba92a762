import type { ForkIdentity } from '../database/ForkStore';

/**
 * Port to the catalog.
 *
 * Throws `ServiceUnavailableError` when it cannot answer.
 */
export interface RegistrationSource {
  /** Makes the catalog read a file; repeating it does nothing. */
  registerLocation(request: { target: string }): Promise<void>;
  unregisterLocation(request: { target: string }): Promise<void>;
  /** What the catalog says of an entity; undefined when it has none. */
  findIdentity(request: {
    entityRef: string;
  }): Promise<ForkIdentity | undefined>;
  hasEntity(request: { entityRef: string }): Promise<boolean>;
  refreshEntity(request: { entityRef: string }): Promise<void>;
}
