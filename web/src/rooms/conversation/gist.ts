const TELLING = ["command", "path", "file_path", "filePath", "pattern", "query", "url", "title"];

/** Return what a call of a tool is about, in one line: the argument that tells most, or the first text. */
export function gistOf(input: Record<string, unknown>): string {
  const named = TELLING.map((name) => input[name]).find((value) => typeof value === "string");
  const text = named ?? Object.values(input).find((value) => typeof value === "string") ?? "";
  return String(text).split("\n", 1)[0]?.slice(0, 200) ?? "";
}
