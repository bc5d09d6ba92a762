/** What reading a file gave. */
export type SloFileContent =
  { unchanged: true } | { text: string; etag?: string };

/** Reads the OpenSLO file of an entity where its repository is. */
export interface SloFileSource {
  /**
   * Throws `NotFoundError` when there is no file, `InputError` when it is too
   * large, and `ServiceUnavailableError` when the repository cannot be asked.
   */
  read(request: { url: string; etag?: string }): Promise<SloFileContent>;
}
