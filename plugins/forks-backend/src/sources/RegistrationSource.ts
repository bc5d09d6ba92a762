/**
 * Port to the catalog.
 *
 * Throws `ServiceUnavailableError` when it cannot answer.
 */
export interface RegistrationSource {
  /** Makes the catalog read a file; repeating it does nothing. */
  registerLocation(request: { target: string }): Promise<void>;
  unregisterLocation(request: { target: string }): Promise<void>;
  hasEntity(request: { entityRef: string }): Promise<boolean>;
  refreshEntity(request: { entityRef: string }): Promise<void>;
}
