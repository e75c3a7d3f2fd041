// Unified differences (as git and the server write them) read into rows.

export interface Line {
  kind: "same" | "added" | "removed";
  old?: number;
  new?: number;
  text: string;
}

export type Row = { kind: "hunk"; text: string } | { kind: "line"; line: Line };

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@(.*)$/;

export function rowsOf(diff: string): Row[] {
  const rows: Row[] = [];
  let [old, now, inside] = [0, 0, false];
  for (const text of diff.split("\n")) {
    const hunk = HUNK.exec(text);
    if (hunk) {
      [old, now, inside] = [Number(hunk[1]), Number(hunk[2]), true];
      rows.push({ kind: "hunk", text });
    } else if (!inside || text === "" || text.startsWith("\\")) {
      continue;
    } else if (text.startsWith("+")) {
      rows.push({ kind: "line", line: { kind: "added", new: now++, text: text.slice(1) } });
    } else if (text.startsWith("-")) {
      rows.push({ kind: "line", line: { kind: "removed", old: old++, text: text.slice(1) } });
    } else if (text.startsWith(" ")) {
      rows.push({ kind: "line", line: { kind: "same", old: old++, new: now++, text: text.slice(1) } });
    } else {
      inside = false; // the heading of another file
    }
  }
  return rows;
}

/** Read what stands beside a proposal: signed lines without places, of which each is shown. */
export function sketchOf(text: string): Row[] {
  return text
    .replace(/\n$/, "")
    .split("\n")
    .filter((line, _, all) => line !== "" || all.length > 1)
    .map((line) => {
      if (HUNK.test(line)) return { kind: "hunk", text: line };
      const kind = signOf(line);
      return { kind: "line", line: { kind, text: kind === "same" ? line : line.slice(1) } };
    });
}

function signOf(line: string): Line["kind"] {
  return line.startsWith("+") ? "added" : line.startsWith("-") ? "removed" : "same";
}
