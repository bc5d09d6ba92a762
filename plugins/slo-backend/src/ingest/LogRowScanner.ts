import type { LogRow } from './LogRow';
import {
  ABSENT,
  FIELDS,
  LONGEST_KEY,
  NO_KEYS,
  NUMBERS,
  placeOf,
  PROXY,
  PROXY_KEYS,
  ROW_KEYS,
  USER_AGENT,
} from './logRowFields';

const TAB = 0x09;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const COLON = 0x3a;
const ARRAY_BEGIN = 0x5b;
const BACKSLASH = 0x5c;
const ARRAY_END = 0x5d;
const LETTER_E = 0x65;
const LETTER_U = 0x75;
const OBJECT_BEGIN = 0x7b;
const OBJECT_END = 0x7d;

/** What is deeper is left to `JSON.parse`. */
const MOST_DEPTH = 16;
/** So many digits are always exact. */
const MOST_DIGITS = 15;

const WRONG = -2;
const ESCAPES = Buffer.from('"\\/bfnrtu');
const LITERALS = ['true', 'false', 'null'].map(text => Buffer.from(text));

/**
 * Reads of lines of JSON only what counts, in about half the time that
 * `JSON.parse` takes: it makes no strings and objects of the rest.
 *
 * It checks whole lines, and takes fewer than are JSON. What is unusual, such
 * as an escape in a field that counts or a field that comes twice, and what is
 * wrong, is left to `JSON.parse`. So what an odd line means is decided in one
 * place, and a line that is taken means the same to both.
 */
export class LogRowScanner {
  readonly #bytes: Uint8Array;
  /** The same, a character for each byte: cutting it copies nothing. */
  readonly #text: string;
  readonly #values: unknown[] = FIELDS.map(() => undefined);
  #seen = 0;
  #at = 0;

  /** Takes lines with a newline after the last one: there reading stops. */
  constructor(lines: Buffer) {
    this.#bytes = lines;
    this.#text = lines.toString('latin1');
  }

  /**
   * Reads the line that begins at `from`, or gives undefined when `JSON.parse`
   * has to judge it. Strings in the row hold the text of all lines in memory.
   */
  scan(from: number): LogRow | undefined {
    const values = this.#values.fill(undefined);
    this.#seen = 0;
    this.#at = from;
    if (this.#skipSpace() !== OBJECT_BEGIN) return undefined;
    if (!this.#readObject(ROW_KEYS, 0)) return undefined;
    if (this.#skipSpace() !== NEWLINE) return undefined;
    return {
      source: values[0],
      timestamp: values[1],
      projectId: values[2],
      deploymentId: values[3],
      environment: values[4],
      requestId: values[5],
      statusCode: values[6],
      path: values[7],
      traceId: values[8],
      proxy:
        (this.#seen & (1 << PROXY)) === 0
          ? undefined
          : {
              timestamp: values[10],
              statusCode: values[11],
              path: values[12],
              userAgent: values[13],
            },
    };
  }

  /** Where the newline is after the line that was taken last. */
  get end(): number {
    return this.#at;
  }

  #readObject(keys: Int8Array, depth: number): boolean {
    this.#at += 1;
    let next = this.#skipSpace();
    while (next !== OBJECT_END) {
      if (next !== QUOTE) return false;
      const field = keys === NO_KEYS ? this.#skipKey() : this.#readKey(keys);
      if (field === WRONG || this.#skipSpace() !== COLON) return false;
      this.#at += 1;
      this.#skipSpace();
      const isRead =
        field === ABSENT ? this.#skipValue(depth) : this.#readField(field);
      if (!isRead) return false;
      next = this.#follow(OBJECT_END);
    }
    this.#at += 1;
    return true;
  }

  /** Gives the first byte of what comes next, `end` after the last, or WRONG. */
  #follow(end: number): number {
    const separator = this.#skipSpace();
    if (separator === end) return end;
    if (separator !== COMMA) return WRONG;
    this.#at += 1;
    const next = this.#skipSpace();
    return next === end ? WRONG : next;
  }

  #skipKey(): number {
    return this.#skipString() ? ABSENT : WRONG;
  }

  /** Gives the field that a key names, ABSENT for another, or WRONG. */
  #readKey(keys: Int8Array): number {
    const begin = this.#at + 1;
    if (!this.#skipPlainString()) return WRONG;
    const length = this.#at - 1 - begin;
    if (length > LONGEST_KEY) return ABSENT;
    const bytes = this.#bytes;
    const field = keys[placeOf(length, bytes[begin])];
    if (field === ABSENT) return ABSENT;
    const name = FIELDS[field];
    for (let index = 1; index < length; index += 1) {
      if (bytes[begin + index] !== name[index]) return ABSENT;
    }
    return bytes[begin] === name[0] ? field : ABSENT;
  }

  #readField(field: number): boolean {
    const bit = 1 << field;
    if ((this.#seen & bit) !== 0) return false;
    this.#seen |= bit;
    if (field === PROXY) {
      return (
        this.#bytes[this.#at] === OBJECT_BEGIN &&
        this.#readObject(PROXY_KEYS, 1)
      );
    }
    if (NUMBERS[field] === 1) return this.#readNumber(field);
    return field === USER_AGENT
      ? this.#readTextOfArray(field)
      : this.#readText(field);
  }

  #readText(field: number): boolean {
    const begin = this.#at + 1;
    if (this.#bytes[begin - 1] !== QUOTE || !this.#skipPlainString()) {
      return false;
    }
    this.#values[field] = this.#text.slice(begin, this.#at - 1);
    return true;
  }

  #readNumber(field: number): boolean {
    const bytes = this.#bytes;
    const isNegative = bytes[this.#at] === MINUS;
    if (isNegative) this.#at += 1;
    const begin = this.#at;
    let value = 0;
    for (let at = begin; isDigit(bytes[at]); at += 1) {
      value = 10 * value + bytes[at] - ZERO;
      this.#at = at + 1;
    }
    const digits = this.#at - begin;
    if (digits === 0 || digits > MOST_DIGITS) return false;
    if (bytes[begin] === ZERO && digits > 1) return false;
    this.#values[field] = isNegative ? -value : value;
    return true;
  }

  /** Reads a text, or an array of one. */
  #readTextOfArray(field: number): boolean {
    if (this.#bytes[this.#at] !== ARRAY_BEGIN) return this.#readText(field);
    this.#at += 1;
    if (!this.#readText(field) || this.#bytes[this.#at] !== ARRAY_END) {
      return false;
    }
    this.#at += 1;
    return true;
  }

  #skipValue(depth: number): boolean {
    const first = this.#bytes[this.#at];
    if (first === QUOTE) return this.#skipString();
    if (first === OBJECT_BEGIN) {
      return depth < MOST_DEPTH && this.#readObject(NO_KEYS, depth + 1);
    }
    if (first === ARRAY_BEGIN) {
      return depth < MOST_DEPTH && this.#skipArray(depth + 1);
    }
    return isDigit(first) || first === MINUS
      ? this.#skipNumber()
      : this.#skipLiteral();
  }

  #skipArray(depth: number): boolean {
    this.#at += 1;
    let next = this.#skipSpace();
    while (next !== ARRAY_END) {
      if (next === WRONG || !this.#skipValue(depth)) return false;
      next = this.#follow(ARRAY_END);
    }
    this.#at += 1;
    return true;
  }

  #skipNumber(): boolean {
    const bytes = this.#bytes;
    if (bytes[this.#at] === MINUS) this.#at += 1;
    if (bytes[this.#at] === ZERO) {
      this.#at += 1;
    } else if (!this.#skipDigits()) {
      return false;
    }
    if (bytes[this.#at] === DOT) {
      this.#at += 1;
      if (!this.#skipDigits()) return false;
    }
    if ((bytes[this.#at] | 0x20) !== LETTER_E) return true;
    this.#at += 1;
    const sign = bytes[this.#at];
    if (sign === MINUS || sign === PLUS) this.#at += 1;
    return this.#skipDigits();
  }

  #skipDigits(): boolean {
    const begin = this.#at;
    while (isDigit(this.#bytes[this.#at])) this.#at += 1;
    return this.#at > begin;
  }

  #skipLiteral(): boolean {
    const bytes = this.#bytes;
    const begin = this.#at;
    const literal = LITERALS.find(({ 0: first }) => first === bytes[begin]);
    if (literal === undefined) return false;
    this.#at += literal.length;
    return literal.every((byte, index) => byte === bytes[begin + index]);
  }

  /** Passes over a string without escapes and with ASCII alone. */
  #skipPlainString(): boolean {
    const bytes = this.#bytes;
    let at = this.#at + 1;
    let byte = bytes[at];
    while (
      byte !== QUOTE &&
      byte !== BACKSLASH &&
      byte >= SPACE &&
      byte < 0x80
    ) {
      at += 1;
      byte = bytes[at];
    }
    this.#at = at + 1;
    return byte === QUOTE;
  }

  #skipString(): boolean {
    const bytes = this.#bytes;
    let at = this.#at + 1;
    for (;;) {
      let byte = bytes[at];
      while (byte !== QUOTE && byte !== BACKSLASH && byte >= SPACE) {
        at += 1;
        byte = bytes[at];
      }
      if (byte !== BACKSLASH) break;
      const escaped = bytes[at + 1];
      if (!ESCAPES.includes(escaped)) return false;
      at += 2;
      if (escaped === LETTER_U) {
        for (const end = at + 4; at < end; at += 1) {
          if (!isHex(bytes[at])) return false;
        }
      }
    }
    this.#at = at + 1;
    return bytes[at] === QUOTE;
  }

  /** Gives the first byte that is none. */
  #skipSpace(): number {
    const bytes = this.#bytes;
    let at = this.#at;
    let byte = bytes[at];
    while (byte === SPACE || byte === TAB || byte === RETURN) {
      at += 1;
      byte = bytes[at];
    }
    this.#at = at;
    return byte;
  }
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= 0x39;
}

function isHex(byte: number): boolean {
  const lower = byte | 0x20;
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66);
}
