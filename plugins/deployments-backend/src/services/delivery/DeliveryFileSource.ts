/** What reading a file gave. */
export type DeliveryFileContent =
  { unchanged: true } | { text: string; etag?: string };

/** Reads files where an entity's repository is. */
export interface DeliveryFileSource {
  /**
   * Throws `NotFoundError` when there is no such file, `InputError` when it is
   * too large, and `ServiceUnavailableError` when the repository cannot be
   * asked.
   */
  read(request: { url: string; etag?: string }): Promise<DeliveryFileContent>;
  /** Whether a file that must be there can be read at all. */
  exists(request: { url: string }): Promise<boolean>;
}
