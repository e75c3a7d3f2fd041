/** Return the part of a hash or id that tells it from others: a hash by its beginning; ids of one day begin alike. */
export function shortOf(value: string): string {
  return /^[0-9a-f]{40,}$/.test(value) ? value.slice(0, 8) : value.length > 12 ? `…${value.slice(-7)}` : value;
}
