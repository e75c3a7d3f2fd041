// The names of all that is asked of the server, and which of them an entry of the project log makes out of date.
// What is kept under a longer name goes with the shorter one.
import type { Shapes } from "../api/client.ts";

export type Entry = Shapes["ProjectLogEntry"];
export type Key = readonly (string | number | boolean | null | undefined)[];

export const keys = {
  me: ["me"] as const,
  projects: ["projects"] as const,
  needs: ["needs"] as const,
  conversations: ["conversations"] as const,
  project: (id: string, ...part: Key) => ["project", id, ...part] as const,
  workspace: (id: string, ...part: Key) => ["workspace", id, ...part] as const,
  conversation: (id: string, ...part: Key) => ["conversation", id, ...part] as const,
  chat: (id: string, ...part: Key) => ["chat", id, ...part] as const,
  snapshot: (id: string, ...part: Key) => ["snapshot", id, ...part] as const, // never out of date: named by content
};

const PARTS: Record<string, readonly string[]> = {
  project: ["whole", "brief"],
  workspace: ["whole", "workspaces", "docs", "current"],
  snapshot: ["whole", "workspaces", "snapshots", "events", "docs", "tags"],
  drift: ["workspaces"],
  forecast: ["forecast"],
  sync: ["whole", "workspaces", "snapshots", "events"],
  memory: ["memory"],
  run: ["chats"],
  proposal: ["proposals"],
  index: ["atlas"],
  decision: ["decisions"],
  review: ["reviews", "findings"],
  finding: ["findings"],
  deployment: ["deployments", "resources"],
  action_item: [],
  turn: ["conversations"],
  question: ["conversations"],
};
const NEEDS = new Set(["action_item", "question", "proposal", "forecast", "project", "workspace", "turn", "run", "deployment"]);

/** Return what is out of date after an entry of a project's log. */
export function staleKeys(projectId: string, entry: Pick<Entry, "kind" | "workspace_id" | "subject">): Key[] {
  const family = entry.kind.slice(0, entry.kind.indexOf("."));
  const stale: Key[] = (PARTS[family] ?? []).map((part) => keys.project(projectId, part));
  if (family === "project") stale.push(keys.projects);
  if (NEEDS.has(family)) stale.push(keys.needs);
  if (entry.workspace_id && family !== "turn") stale.push(keys.workspace(entry.workspace_id));
  if (family === "turn" || family === "question") stale.push(keys.conversations);
  if (entry.subject.type === "chat") stale.push(keys.chat(entry.subject.id));
  return stale;
}
