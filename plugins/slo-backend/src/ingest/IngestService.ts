import type { DrainReceipt } from './countNew';
import type { DrainKind } from './DrainBatch';

/** What a drain has posted, as it came. */
export interface DrainDelivery {
  kind: DrainKind;
  /** In the pieces in which the body came. */
  rawBody: Buffer[];
  /** Header `x-vercel-signature`. */
  signature: string | undefined;
  /** Header `content-encoding`. */
  encoding: string | undefined;
}

/** Takes what drains send. */
export interface IngestService {
  /**
   * Ends when everything that is new in the delivery is durable.
   *
   * Throws `AuthenticationError` for a wrong signature, `InputError` when
   * nothing of the body can be read, `PayloadTooLargeError`, and
   * `ServiceUnavailableError` when it should be sent again.
   */
  receive(delivery: DrainDelivery): Promise<DrainReceipt>;
}
