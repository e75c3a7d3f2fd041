const MOST = 2000; // lines on the page; a build may say a hundred thousand

/** Return the newest lines, and how many older ones are left out. */
export function shownLines<T>(lines: readonly T[], most: number = MOST): { shown: readonly T[]; hidden: number } {
  const hidden = Math.max(0, lines.length - most);
  return { shown: hidden ? lines.slice(hidden) : lines, hidden };
}
