/** Return an address that a browser may open: of the web, and nothing that runs here; undefined for all others. */
export function addressOf(url: string | null): string | undefined {
  if (!url || !URL.canParse(url)) return undefined;
  const { protocol, href } = new URL(url);
  return protocol === "https:" || protocol === "http:" ? href : undefined;
}
