import { z } from 'zod';
import { badRequest, parseRequest } from '../errors';
import type { RollingReleaseConfig, RollingStage } from '../model';

const LONGEST_MINUTES = 10_000;

const stageSchema = z.looseObject({
  targetPercentage: z.number().min(0).max(100),
  duration: z.number().int().min(1).max(LONGEST_MINUTES).nullish(),
  requireApproval: z.boolean().nullish(),
  linearShift: z.boolean().nullish(),
});

const configSchema = z.looseObject({
  enabled: z.boolean(),
  advancementType: z.enum(['automatic', 'manual-approval']).optional(),
  stages: z.array(stageSchema).nullish(),
  canaryResponseHeader: z.boolean().nullish(),
  disableRolloutAction: z.enum(['abort', 'complete']).optional(),
  gate: z.looseObject({ enabled: z.boolean() }).nullish(),
});

type ConfigBody = z.infer<typeof configSchema>;

/**
 * Reads a change of the configuration. The rules for stages are those of the
 * service's Terraform provider (`vercel_project_rolling_release`).
 */
export function parseRollingReleaseConfig(body: unknown): {
  config: RollingReleaseConfig | undefined;
  disableRolloutAction?: 'abort' | 'complete';
} {
  const request = parseRequest(configSchema, body);
  if (!request.enabled) {
    return {
      config: undefined,
      disableRolloutAction: request.disableRolloutAction,
    };
  }
  if (request.gate?.enabled) {
    throw badRequest('Invalid request: `gate` is not supported here.');
  }
  return {
    config: {
      stages: parseStages(request),
      ...(request.canaryResponseHeader && { canaryResponseHeader: true }),
    },
  };
}

function parseStages({ advancementType, stages }: ConfigBody): RollingStage[] {
  if (!advancementType) {
    throw badRequest(
      'Invalid request: `advancementType` must be "automatic" or "manual-approval".',
    );
  }
  if (!stages || stages.length < 2 || stages.length > 10) {
    throw badRequest('Invalid request: `stages` must have 2 to 10 items.');
  }
  if (stages[stages.length - 1].targetPercentage !== 100) {
    throw badRequest(
      'Invalid request: the last item of `stages` must have a `targetPercentage` of 100.',
    );
  }
  const isManual = advancementType === 'manual-approval';
  return stages.map((stage, index) => {
    const { targetPercentage, duration, linearShift } = stage;
    const at = `\`stages[${index}]\``;
    if (index > 0 && targetPercentage <= stages[index - 1].targetPercentage) {
      throw badRequest(
        `Invalid request: ${at} must have a higher \`targetPercentage\` than the one before.`,
      );
    }
    const isLast = index === stages.length - 1;
    if (isManual || isLast ? duration : !duration) {
      throw badRequest(
        isManual || isLast
          ? `Invalid request: ${at} must have no \`duration\`, because ${
              isLast ? 'it is the last one' : 'it waits for approval'
            }.`
          : `Invalid request: ${at} must have a \`duration\` in minutes, because nobody approves it.`,
      );
    }
    if (!isLast && stage.requireApproval === !isManual) {
      throw badRequest(
        `Invalid request: ${at} has a \`requireApproval\` that contradicts "${advancementType}".`,
      );
    }
    return {
      targetPercentage,
      ...(isManual && !isLast && { requireApproval: true }),
      ...(duration && { duration }),
      ...(duration && linearShift && { linearShift }),
    };
  });
}
