import { Transform, type TransformCallback } from 'node:stream';
import { InputError } from '@backstage/errors';

const MAX_DEPTH = 64;
const MAX_STRING_BYTES = 1024 * 1024;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Passes JSON on and stops at nesting or strings that no honest report has,
 * before a parser has to hold them. Says nothing about whether it is JSON.
 */
export class JsonBounds extends Transform {
  #depth = 0;
  #stringBytes = -1;
  #isEscaped = false;

  _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    const fault = this.#read(chunk);
    if (fault) done(new InputError(fault));
    else done(undefined, chunk);
  }

  /** By index, because iterators take several times as long. */
  #read(chunk: Buffer): string | undefined {
    for (let index = 0; index < chunk.length; index++) {
      const byte = chunk[index];
      if (this.#stringBytes >= 0) {
        this.#readStringByte(byte);
        if (this.#stringBytes > MAX_STRING_BYTES) {
          return 'The report has a text of more than 1 MB.';
        }
      } else if (byte === QUOTE) this.#stringBytes = 0;
      else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
        this.#depth += 1;
        if (this.#depth > MAX_DEPTH) {
          return `The report is nested more than ${MAX_DEPTH} levels deep.`;
        }
      } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) {
        this.#depth -= 1;
      }
    }
    return undefined;
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
