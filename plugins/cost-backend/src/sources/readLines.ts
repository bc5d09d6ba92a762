/** A line of a body, or why it could not be read. */
export type Line =
  { number: number; text: string } | { number: number; problem: string };

/** The body is longer than we take at once. */
export class BodyTooLongError extends Error {
  name = 'BodyTooLongError' as const;
}

const NEWLINE = 10;

/**
 * Reads a body line by line, holding no more than one line at a time.
 *
 * A line that is too long is told instead of given, and what follows is read on;
 * a body that is too long ends with {@link BodyTooLongError}. Empty lines are
 * left out, and the last one needs no end.
 */
export async function* readLines(
  body: ReadableStream<Uint8Array>,
  limits: { lineBytes: number; bodyBytes: number },
): AsyncGenerator<Line> {
  const reader = body.getReader();
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  let bodyBytes = 0;
  let number = 1;

  function hold(part: Uint8Array) {
    heldBytes += part.length;
    if (heldBytes <= limits.lineBytes) held.push(part);
    else held = [];
  }

  function take(): Line | undefined {
    const line = {
      number: number++,
      ...(heldBytes > limits.lineBytes
        ? { problem: `is longer than ${limits.lineBytes} bytes` }
        : { text: Buffer.concat(held).toString('utf8').trim() }),
    };
    held = [];
    heldBytes = 0;
    return 'text' in line && line.text === '' ? undefined : line;
  }

  try {
    for (;;) {
      const { done, value: chunk } = await reader.read();
      if (done) break;
      bodyBytes += chunk.length;
      if (bodyBytes > limits.bodyBytes) throw new BodyTooLongError();
      let start = 0;
      for (;;) {
        const end = chunk.indexOf(NEWLINE, start);
        if (end === -1) break;
        hold(chunk.subarray(start, end));
        start = end + 1;
        const line = take();
        if (line) yield line;
      }
      hold(chunk.subarray(start));
    }
    const last = take();
    if (last) yield last;
  } finally {
    // Nobody waits for the connection to close.
    reader.cancel().catch(() => {});
  }
}
