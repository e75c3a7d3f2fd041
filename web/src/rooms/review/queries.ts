// The local face, `/api`: there are no logs of folders, so what changes there is asked for when it is looked at, and
// what a review does is told by its own stream.
import { queryOptions } from "@tanstack/react-query";
import { api, ask, type Shapes } from "../../api/client.ts";
import { Problem } from "../../api/problem.ts";
import { eventsOf } from "../../api/sse.ts";
import { headerOf } from "./root.ts";

export type Issue = Shapes["Issue"];
export type Mode = Shapes["Metadata"]["mode"];
export type Saved = Shapes["SavedTriage"];

export interface Wanted {
  mode: Mode;
  profile: string; // empty: as the settings say
  lenses: readonly string[]; // none: those of the profile
}

const key = (...part: (string | undefined)[]) => ["review", ...part] as const;
const header = (root: string | undefined) => ({ header: root ? { "x-stargazer-project-root": headerOf(root) } : {} });
const NOT_HERE = [403, 404];

/** Whether this server reviews folders: it does where all that it listens on is loopback (Stargazer 0.2). */
export const localFace = queryOptions({
  queryKey: key("served"),
  queryFn: async () => {
    const { response } = await api.GET("/api/health");
    if (!response.ok && !NOT_HERE.includes(response.status)) throw new Problem(response.status, undefined);
    return response.ok;
  },
  staleTime: Infinity,
});

export const folderOf = (root: string | undefined) =>
  queryOptions({
    queryKey: key("folder", root),
    queryFn: async () => (await ask(api.GET("/api/config/init", { params: header(root) }))).project,
    retry: false,
  });

export const trustedFolders = queryOptions({
  queryKey: key("trusted"),
  queryFn: async () => (await ask(api.GET("/api/settings/trust/list"))).projects.filter((one) => one.capabilities.readFiles),
});

export const statusOf = (root: string) =>
  queryOptions({
    queryKey: key("status", root),
    queryFn: () => ask(api.GET("/api/git/status", { params: header(root) })),
    staleTime: 0,
    retry: false,
  });

export const reviewsOf = (root: string) =>
  queryOptions({
    queryKey: key("of", root),
    queryFn: async () =>
      (await ask(api.GET("/api/triage/reviews", { params: { query: { projectPath: root, limit: 50 } } }))).reviews,
  });

export const savedReview = (id: string) =>
  queryOptions({
    queryKey: key("one", id),
    queryFn: async () => (await ask(api.GET("/api/triage/reviews/{id}", { params: { path: { id } } }))).review,
  });

/** How it stands with a review: its stream is followed unless it is saved. */
export const stateOf = (id: string) =>
  queryOptions({
    queryKey: key("state", id),
    queryFn: () => ask(api.GET("/api/reviews/{id}/status", { params: { path: { id } } })),
    staleTime: 0,
  });

export const streamOf = (id: string): string => `/api/reviews/${id}/stream`;

export const exportOf = (id: string, format: string): string => `/api/triage/reviews/${id}/export?format=${format}`;

/** Begin a review and return its id; it belongs to the server and goes on when nobody listens. Throws Problem. */
export async function begin(root: string, { mode, profile, lenses }: Wanted): Promise<string> {
  const query = new URLSearchParams({ mode, ...(profile ? { profile } : {}), ...(lenses.length > 0 ? { lenses: lenses.join() } : {}) });
  const response = await fetch(`/api/triage/stream?${query}`, { headers: { "x-stargazer-project-root": headerOf(root) } });
  if (!response.ok || !response.body) throw new Problem(response.status, await response.json().catch(() => undefined));
  for await (const { data } of eventsOf(response.body)) {
    const event = JSON.parse(data) as Shapes["ReviewStarted"] | Shapes["ReviewError"];
    if (event.type === "review_started") return event.reviewId;
    if (event.type === "error") throw new Problem(500, { error: event.error });
  }
  throw new Problem(0, undefined);
}
