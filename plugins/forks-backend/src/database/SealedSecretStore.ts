/** An encrypted value with what is said about it in clear. */
export interface SealedSecret {
  ref: string;
  jwe: string;
}

/**
 * Port to the encrypted secrets that wait for their environment.
 */
export interface SealedSecretStore {
  insertSecret(
    secret: SealedSecret & { ownerRef: string; lifetimeSeconds: number },
  ): Promise<{ expiresAt: Date }>;
  /** Of these, the ones that the owner may still use for a new fork. */
  listUsableRefs(request: {
    refs: string[];
    ownerRef: string;
  }): Promise<string[]>;
  /** Those bound to a provisioning. */
  listSecrets(request: { provisioningId: string }): Promise<SealedSecret[]>;
  deleteSecrets(request: { provisioningId: string }): Promise<void>;
  /** Resolves to how many there were. */
  deleteExpired(): Promise<number>;
}
