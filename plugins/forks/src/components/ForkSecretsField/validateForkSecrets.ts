import type { CustomFieldValidator } from '@backstage/plugin-scaffolder-react';
import {
  sealedSecretRefSchema,
  type SealedSecretRef,
} from '@forkyard/plugin-forks-common';

/** Finds rows that are not complete, and names that are given twice. */
export const validateForkSecrets: CustomFieldValidator<SealedSecretRef[]> = (
  secrets,
  field,
) => {
  const seen = new Set<string>();
  (secrets ?? []).forEach((secret, index) => {
    const name = secret.key || `Secret ${index + 1}`;
    if (!secret.key) {
      field.addError(`${name} has no name`);
      return;
    }
    if (!secret.ref) {
      field.addError(
        `${name} has no sealed value: enter its value, or remove it`,
      );
    }
    if (seen.has(secret.key)) field.addError(`${name} is given twice`);
    seen.add(secret.key);
    const parsed = sealedSecretRefSchema.safeParse({
      ...secret,
      ref: 'sealed',
    });
    for (const issue of parsed.error?.issues ?? []) {
      field.addError(`${name}: ${issue.message}`);
    }
  });
};
