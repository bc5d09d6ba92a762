import { StringDecoder } from 'node:string_decoder';

const LONGEST_LINE = 4096;
// Escape sequences that color or move the cursor say nothing in a stored log.
const ANSI = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, 'g');

/**
 * Turns chunks of output into lines, without color codes, and cut when they
 * are longer than anybody would read.
 */
export class LineSplitter {
  readonly #onLine: (line: string) => void;
  readonly #decoder = new StringDecoder('utf8');
  #pending = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  write(chunk: Buffer): void {
    const lines = (this.#pending + this.#decoder.write(chunk)).split(/\r?\n/);
    this.#pending = lines.pop() ?? '';
    for (const line of lines) this.#emit(line);
    if (this.#pending.length > LONGEST_LINE) this.end();
  }

  end(): void {
    if (this.#pending) this.#emit(this.#pending);
    this.#pending = '';
  }

  #emit(line: string): void {
    const text = line.replace(ANSI, '').trimEnd();
    this.#onLine(
      text.length > LONGEST_LINE ? `${text.slice(0, LONGEST_LINE)}…` : text,
    );
  }
}
