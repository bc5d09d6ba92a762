/** Lets an address through that a browser may be sent to: http or https. */
export function safeLink(url: string | undefined): string | undefined {
  if (!url || !URL.canParse(url)) return undefined;
  return /^https?:$/.test(new URL(url).protocol) ? url : undefined;
}
