// What a deployment has said so far, of the stream of its log (Beyond 8).
import type { Shapes } from "../../api/client.ts";

type Grown = Shapes["LogGrown"] | Shapes["LogEnded"];

export interface Said {
  ended: boolean; // it says no more; while an app runs, it may
  lines: readonly { content: string; error: boolean }[];
}

export const NOTHING_SAID: Said = { ended: false, lines: [] };

export function heard(said: Said, _: string, told: Grown): Said {
  if (told.type === "ended") return { ...said, ended: true };
  return { ...said, lines: [...said.lines, ...told.entries.map((one) => ({ content: one.content, error: one.stream === "stderr" }))] };
}
