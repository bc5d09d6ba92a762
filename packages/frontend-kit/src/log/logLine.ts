/** @public */
export interface LogLine {
  /** Unique within the log. */
  sequence: number;
  /** ISO 8601. */
  at: string;
  text: string;
  level?: 'info' | 'warn' | 'error';
}

/** ESC, then the parameters and the letter of a control sequence (ECMA-48). */
const terminalCode = new RegExp(
  `${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`,
  'g',
);

/**
 * Removes the color codes that tools write for a terminal.
 *
 * @public
 */
export function stripTerminalCodes(text: string): string {
  return text.replace(terminalCode, '');
}
