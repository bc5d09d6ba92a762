import { z } from 'zod';
import { parse } from './parse';

describe('parse', () => {
  const schema = z.object({
    name: z.string().max(3, 'A name has at most 3 characters'),
    limit: z.coerce.number().default(25),
  });

  it('gives the value with its defaults', () => {
    expect(parse(schema, { name: 'abc' })).toEqual({ name: 'abc', limit: 25 });
  });

  it('names every fault in one error', () => {
    expect(() => parse(schema, { name: 'abcd', limit: 'x' })).toThrow(
      expect.objectContaining({
        name: 'InputError',
        message: expect.stringMatching(
          /'name': A name has at most 3 characters; 'limit': /,
        ),
      }),
    );
    expect(() => parse(z.string(), 1)).toThrow(/^Invalid input: Invalid/);
  });
});
