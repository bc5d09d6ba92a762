import { Transform, type TransformCallback } from 'node:stream';
import { InputError } from '@backstage/errors';

const MAX_DEPTH = 64;
const MAX_STRING_BYTES = 1024 * 1024;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/**
 * Passes JSON on and stops at nesting or strings that no honest report has,
 * before a parser has to hold them. Says nothing about whether it is JSON.
 */
export class JsonBounds extends Transform {
  #depth = 0;
  #stringBytes = -1;
  #isEscaped = false;

  _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    for (const byte of chunk) {
      if (this.#stringBytes >= 0) {
        this.#readStringByte(byte);
        if (this.#stringBytes > MAX_STRING_BYTES) {
          done(new InputError('The report has a text of more than 1 MB.'));
          return;
        }
      } else if (byte === QUOTE) this.#stringBytes = 0;
      else if (OPENING.has(byte)) {
        this.#depth += 1;
        if (this.#depth > MAX_DEPTH) {
          done(
            new InputError(
              `The report is nested more than ${MAX_DEPTH} levels deep.`,
            ),
          );
          return;
        }
      } else if (CLOSING.has(byte)) this.#depth -= 1;
    }
    done(undefined, chunk);
  }

  #readStringByte(byte: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === BACKSLASH) this.#isEscaped = true;
    else if (byte === QUOTE) {
      this.#stringBytes = -1;
      return;
    }
    this.#stringBytes += 1;
  }
}
