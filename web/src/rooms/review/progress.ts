// What the stream of a review has told so far (Stargazer 6.4): how each lens stands, and what was found on the way.
import type { Shapes } from "../../api/client.ts";

export type ReviewEvent =
  | Shapes["ReviewStarted"]
  | Shapes["StepStart"]
  | Shapes["AgentStart"]
  | Shapes["AgentThinking"]
  | Shapes["FileStart"]
  | Shapes["IssuePreview"]
  | Shapes["AgentComplete"]
  | Shapes["Complete"]
  | Shapes["ReviewError"];

export interface LensProgress {
  agent: string;
  lens: Shapes["Lens"];
  name: string;
  thought: string;
  file: string;
  read: number; // files, of `total`
  total: number;
  found: number;
  state: "works" | "done" | "failed";
}

export interface Progress {
  ended: boolean;
  step: Shapes["StepStart"]["step"] | "";
  files: number;
  skipped: number;
  lenses: readonly LensProgress[];
  previews: readonly Shapes["Preview"][]; // candidates: some are merged or dropped in the end
  error?: Shapes["Cause"];
}

export const NOT_BEGUN: Progress = { ended: false, step: "", files: 0, skipped: 0, lenses: [], previews: [] };

/** Return the progress after one more event; kinds that are not known yet change nothing. */
export function told(before: Progress, _: string, event: ReviewEvent): Progress {
  switch (event.type) {
    case "review_started":
      return { ...before, files: event.filesTotal, skipped: event.filesSkipped ?? 0 };
    case "step_start":
      return { ...before, step: event.step };
    case "agent_start": {
      const { id: agent, lens, name } = event.agent;
      return { ...before, lenses: [...before.lenses, { agent, lens, name, thought: "", file: "", read: 0, total: 0, found: 0, state: "works" }] };
    }
    case "agent_thinking":
      return withLens(before, event.agent, (lens) => ({ ...lens, thought: event.thought }));
    case "file_start":
      return withLens(before, event.agent, (lens) => ({ ...lens, file: event.file, read: event.index + 1, total: event.total }));
    case "issue_preview":
      return withLens({ ...before, previews: [...before.previews, event.issue] }, event.agent, (lens) => ({ ...lens, found: lens.found + 1 }));
    case "agent_complete":
      return withLens(before, event.agent, (lens) => ({
        ...lens,
        found: event.issueCount,
        state: event.status === "failed" ? "failed" : "done",
        thought: event.error ?? "",
      }));
    case "complete":
      return { ...before, ended: true };
    case "error":
      return { ...before, ended: true, error: event.error };
    default:
      return before;
  }
}

function withLens(before: Progress, agent: string, change: (lens: LensProgress) => LensProgress): Progress {
  return { ...before, lenses: before.lenses.map((one) => (one.agent === agent ? change(one) : one)) };
}
