import type { ProvisioningLogLine } from '@forkyard/plugin-forks-common';
import type { Knex } from 'knex';
import type { NewLogLine } from './LedgerStore';
import type { ProvisioningLogStore } from './ProvisioningLogStore';
import {
  LOG_LINES_TABLE,
  PROVISIONINGS_TABLE,
  type DbLogLineRow,
  type DbProvisioningRow,
} from './tables';

const MAX_LINES = 1000;

/**
 * Keeps log lines in PostgreSQL. The provisioning's row hands out the sequence,
 * so that lines have no gaps and no order but one, whoever writes them.
 */
export class DatabaseProvisioningLogStore implements ProvisioningLogStore {
  constructor(private readonly knex: Knex) {}

  async appendLines(request: {
    provisioningId: string;
    lines: NewLogLine[];
  }): Promise<number> {
    const { provisioningId, lines } = request;
    return this.knex.transaction(async tx => {
      const [row] = await tx<DbProvisioningRow>(PROVISIONINGS_TABLE)
        .where({ id: provisioningId })
        .update({
          last_sequence: tx.raw('last_sequence + ?', [lines.length]),
        })
        .returning('last_sequence');
      if (!row) return 0;
      const first = row.last_sequence - lines.length + 1;
      await tx<DbLogLineRow>(LOG_LINES_TABLE).insert(
        lines.map((line, index) => ({
          provisioning_id: provisioningId,
          sequence: first + index,
          at: new Date(line.at),
          step_id: line.step,
          level: line.level,
          // PostgreSQL's text has no place for the zero character.
          message: line.message.replaceAll('\u0000', ''),
        })),
      );
      return row.last_sequence;
    });
  }

  async listLines(request: {
    provisioningId: string;
    after: number;
  }): Promise<ProvisioningLogLine[]> {
    const rows = await this.knex<DbLogLineRow>(LOG_LINES_TABLE)
      .where({ provisioning_id: request.provisioningId })
      .where('sequence', '>', request.after)
      .orderBy('sequence')
      .limit(MAX_LINES);
    return rows.map(row => ({
      sequence: row.sequence,
      at: row.at.toISOString(),
      step: row.step_id,
      level: row.level,
      message: row.message,
    }));
  }
}
