import { judgeBudget, type EntityCost } from '@forkyard/plugin-cost-common';
import type { z as zod } from 'zod/v3';

/** Shape of an entity's cost in the output of actions. */
export function costOutputSchema(z: typeof zod) {
  return z.object({
    entityRef: z.string(),
    currency: z.literal('USD'),
    month: z.string().describe('YYYY-MM'),
    monthToDate: z
      .string()
      .optional()
      .describe('Absent while nothing was charged'),
    forecast: z.discriminatedUnion('known', [
      z.object({
        known: z.literal(true),
        amount: z.string(),
        low: z.string().describe('Of an interval that holds 8 of 10'),
        high: z.string(),
        basisDays: z.number(),
      }),
      z.object({ known: z.literal(false), reason: z.string() }),
    ]),
    budget: z.string().optional().describe('A month; absent without one'),
    budgetProblem: z.string().optional(),
    budgetStanding: z
      .enum(['over', 'forecast-over', 'within'])
      .optional()
      .describe('Absent without a budget or charges'),
    byService: z.array(z.object({ service: z.string(), amount: z.string() })),
    unitCost: z.discriminatedUnion('known', [
      z.object({
        known: z.literal(true),
        perThousandRequests: z.string(),
        requests: z.string(),
      }),
      z.object({ known: z.literal(false), reason: z.string() }),
    ]),
    anomalies: z
      .array(
        z.object({
          day: z.string(),
          amount: z.string(),
          usual: z.string(),
        }),
      )
      .describe('Days that cost unusually much, newest first'),
    otherCurrencies: z
      .array(z.object({ currency: z.string(), amount: z.string() }))
      .describe('In no sum'),
    asOf: z.string().optional().describe('ISO 8601'),
    staleReason: z.string().optional(),
  });
}

/** Takes what an action tells of a cost. */
export function toCostOutput(cost: EntityCost) {
  const { monthToDate, forecast, budget } = cost;
  return {
    ...cost,
    budgetStanding:
      monthToDate !== undefined && budget !== undefined
        ? judgeBudget({
            spent: monthToDate,
            forecast: forecast.known ? forecast.amount : undefined,
            budget,
          })
        : undefined,
  };
}
