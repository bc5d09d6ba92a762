import fc from 'fast-check';
import { z } from 'zod';
import { decodeCursor, encodeCursor } from './cursor';

describe('cursor', () => {
  const schema = z.strictObject({ after: z.string(), rank: z.number().int() });

  it('gives back any position, unchanged', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer(), (after, rank) => {
        const cursor = encodeCursor({ after, rank });
        expect(cursor).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(decodeCursor(schema, cursor)).toEqual({ after, rank });
      }),
    );
  });

  it('refuses anything else as the fault of the caller', () => {
    for (const cursor of [
      '',
      'nonsense',
      encodeCursor({ after: 1, rank: 1 }),
      encodeCursor({ after: 'a', rank: 1, more: true }),
      encodeCursor([]),
    ]) {
      expect(() => decodeCursor(schema, cursor)).toThrow(
        expect.objectContaining({ name: 'InputError' }),
      );
    }
  });
});
