/** Writes one line of JSON, which is what log drains read. */
export function log(
  level: 'info' | 'warn' | 'error',
  message: string,
  fields: Record<string, unknown> = {},
): void {
  const line = JSON.stringify({
    time: new Date().toISOString(),
    level,
    message,
    ...fields,
  });
  if (level === 'info') {
    console.log(line);
  } else {
    console.error(line);
  }
}
