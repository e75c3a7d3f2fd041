// Ends of lines. A text that is shown or written keeps those that it has.

/** Return what ends the lines of texts: CR LF where all of them do; else LF, and a lone CR is a character of its line. */
export function breakOf(...texts: readonly string[]): "\r\n" | "\n" {
  const ends = texts.flatMap((text) => text.match(/\r?\n/g) ?? []);
  return ends.length > 0 && ends.every((end) => end === "\r\n") ? "\r\n" : "\n";
}
