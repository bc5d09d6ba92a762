import { randomBytes } from 'node:crypto';

const LETTERS =
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const LOWER = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Makes an id such as `prj_9hT3…`. */
export function newId(prefix: string, length = 24): string {
  return `${prefix}_${pick(LETTERS, length)}`;
}

/** Makes the random part of a deployment's host name. */
export function newLabel(length = 9): string {
  return pick(LOWER, length);
}

function pick(letters: string, length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      // Values past the last whole round would prefer the first letters.
      if (byte < 256 - (256 % letters.length) && text.length < length) {
        text += letters[byte % letters.length];
      }
    }
  }
  return text;
}
