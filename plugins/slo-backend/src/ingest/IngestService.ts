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
  /** Called once the signature is known to be right. */
  onVerified?: () => void;
}

/** Takes what drains send. */
export interface IngestService {
  /**
   * Throws `AuthenticationError` for what cannot be signed rightly, whatever
   * its body is, so that none is read.
   */
  admit(request: Pick<DrainDelivery, 'kind' | 'signature'>): Promise<void>;
  /**
   * Ends when everything that is new in the delivery is durable.
   *
   * Throws `AuthenticationError` for a wrong signature, `InputError` when
   * nothing of the body can be read, `PayloadTooLargeError`, and
   * `ServiceUnavailableError` when it should be sent again.
   */
  receive(delivery: DrainDelivery): Promise<DrainReceipt>;
}
