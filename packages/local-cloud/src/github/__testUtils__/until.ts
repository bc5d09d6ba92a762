/** Asks again and again until there is an answer; fails after a minute. */
export async function until<Value>(
  read: () => Promise<Value | undefined> | Value | undefined,
): Promise<Value> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const value = await read();
    if (value) {
      return value;
    }
    if (Date.now() > deadline) {
      throw new Error(`Still waiting for ${read}`);
    }
    await new Promise(resolve => setImmediate(resolve));
  }
}
