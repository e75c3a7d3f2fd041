/** Return the items whose text holds every word, those that begin with the first word before others; order is kept. */
export function matches<T>(items: readonly T[], typed: string, textOf: (item: T) => string): T[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const found = items.filter((item) => {
    const text = textOf(item).toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const [first] = words;
  if (!first) return found;
  const begins = (item: T) => (textOf(item).toLowerCase().startsWith(first) ? 0 : 1);
  return found.toSorted((a, b) => begins(a) - begins(b));
}
