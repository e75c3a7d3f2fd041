import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, ask, fetchBlob, type Shapes } from "../../api/client.ts";
import { keys } from "../../log/keys.ts";
import { contentOf, textOf } from "./content.ts";

const FOR_EVER = { staleTime: Infinity }; // what a snapshot or a hash names never changes
export type TreeEntry = Shapes["TreeEntry"];

export const workspaceOf = (id: string) =>
  queryOptions({
    queryKey: keys.workspace(id, "state"),
    queryFn: () => ask(api.GET("/v1/workspaces/{workspace_id}", { params: { path: { workspace_id: id } } })),
  });

export const historyOf = (id: string) =>
  infiniteQueryOptions({
    queryKey: keys.workspace(id, "history"),
    queryFn: ({ pageParam }) =>
      ask(
        api.GET("/v1/workspaces/{workspace_id}/snapshots", {
          params: { path: { workspace_id: id }, query: { scope: "history", limit: 100, cursor: pageParam || undefined } },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
  });

export const folderOf = (snapshotId: string, path: string) =>
  queryOptions({
    queryKey: keys.snapshot(snapshotId, "files", path),
    queryFn: async () => {
      const entries: TreeEntry[] = [];
      let cursor: string | undefined;
      do {
        const query = { path: path || undefined, limit: 5000, cursor };
        const page = await ask(
          api.GET("/v1/snapshots/{snapshot_id}/files", { params: { path: { snapshot_id: snapshotId }, query } }),
        );
        entries.push(...page.entries);
        cursor = page.next_cursor ?? undefined;
      } while (cursor);
      return entries;
    },
    ...FOR_EVER,
  });

export const blobOf = (hash: string, path: string) =>
  queryOptions({
    queryKey: ["blob", hash, path] as const,
    queryFn: async () => contentOf(path, await fetchBlob(`/v1/blobs/download/${hash}`)),
    ...FOR_EVER,
  });

export const blameOf = (snapshotId: string, path: string) =>
  queryOptions({
    queryKey: keys.snapshot(snapshotId, "blame", path),
    queryFn: async () =>
      (
        await ask(
          api.GET("/v1/snapshots/{snapshot_id}/blame", { params: { path: { snapshot_id: snapshotId }, query: { path } } }),
        )
      ).lines,
    ...FOR_EVER,
  });

const sides = (from: string, to: string) => ({ snapshot_id: from, other_snapshot_id: to });

export const changesOf = (from: string, to: string) =>
  infiniteQueryOptions({
    queryKey: keys.snapshot(from, "diff", to),
    queryFn: ({ pageParam }) =>
      ask(
        api.GET("/v1/snapshots/{snapshot_id}/diff/{other_snapshot_id}", {
          params: { path: sides(from, to), query: { limit: 1000, lines: true, cursor: pageParam || undefined } },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor,
    ...FOR_EVER,
  });

/** Both sides of a changed file: text, "" where there was or is no file, undefined for what is no text. */
export const sidesOf = (old: string | null | undefined, now: string | null | undefined) =>
  queryOptions({
    queryKey: ["sides", old, now] as const,
    queryFn: async () => {
      const [before, after] = await Promise.all([old, now].map(textAt));
      return { old: before, now: after };
    },
    ...FOR_EVER,
  });

async function textAt(hash: string | null | undefined): Promise<string | undefined> {
  if (!hash) return "";
  const blob = await fetchBlob(`/v1/blobs/download/${hash}`);
  return textOf(new Uint8Array(await blob.arrayBuffer()));
}

export const tagsOf = (projectId: string) =>
  queryOptions({
    queryKey: keys.project(projectId, "tags"),
    queryFn: async () =>
      (
        await ask(
          api.GET("/v1/projects/{project_id}/tags", { params: { path: { project_id: projectId }, query: { limit: 100 } } }),
        )
      ).tags,
  });
