// The findings of a review read for people: file by file, each beside the lines that it stands on.
import type { Shapes } from "../../api/client.ts";

type Issue = Pick<Shapes["Issue"], "file" | "line_start" | "line_end" | "evidence" | "enrichment">;

export interface CodeLine {
  number: number | undefined; // none for lines that were deleted
  text: string;
  meant: boolean; // the finding is about it
}

/** Return the lines of a finding with those around them; none where it is about a whole file. */
export function codeOf(issue: Issue): CodeLine[] {
  const proof = issue.evidence.find((one) => one.type === "code");
  if (!proof) return [];
  const lines = proof.excerpt.split("\n");
  if (!proof.range) return lines.map((text) => ({ number: undefined, text, meant: true }));
  const { start } = proof.range;
  const shown = lines.map((text, index) => ({ number: start + index, text, meant: issue.line_start !== null }));
  const around = issue.enrichment?.context;
  if (!around || start !== issue.line_start) return shown;
  const before = around.beforeLines.map((text, index) => ({ number: start - around.beforeLines.length + index, text, meant: false }));
  const cut = start + lines.length - 1 < (issue.line_end ?? start); // of a long range only the beginning is kept
  const after = around.afterLines.map((text, index) => ({ number: (issue.line_end ?? start) + 1 + index, text, meant: false }));
  return cut ? [...before, ...shown] : [...before, ...shown, ...after];
}

/** Return findings by file, files in the order of their worst finding, which is the order of the review. */
export function byFile<I extends { file: string }>(issues: readonly I[]): { file: string; issues: I[] }[] {
  const found = new Map<string, I[]>();
  for (const issue of issues) found.set(issue.file, [...(found.get(issue.file) ?? []), issue]);
  return [...found].map(([file, those]) => ({ file, issues: those }));
}
