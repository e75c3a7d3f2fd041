import { useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, ask } from "../api/client.ts";
import type { StreamEvent } from "../api/sse.ts";
import { follow } from "./follow.ts";
import { keys, staleKeys, type Entry } from "./keys.ts";

const SHOWN = 200; // entries that are kept, newest last

interface Log {
  entries: Entry[];
  lastSeq: number;
}

async function newest(projectId: string): Promise<Log> {
  const read = (after: number, limit: number) =>
    ask(api.GET("/v1/projects/{project_id}/log", { params: { path: { project_id: projectId }, query: { after, limit } } }));
  const { last_seq } = await read(0, 1);
  const { entries } = await read(Math.max(0, last_seq - SHOWN), SHOWN);
  return { entries, lastSeq: entries.at(-1)?.seq ?? last_seq };
}

/** Return the newest entries of a project's log, kept up to date by `useLogSource`. */
export function useLogEntries(projectId: string) {
  return useQuery({ queryKey: keys.project(projectId, "log"), queryFn: () => newest(projectId), staleTime: Infinity });
}

/** Follow a project's log while the caller is shown: what an entry names is asked for anew. Mounted once, by the frame. */
export function useLogSource(projectId: string): void {
  const client = useQueryClient();
  const { data } = useLogEntries(projectId);
  const ready = data !== undefined;
  useEffect(() => {
    const known = client.getQueryState<Log>(keys.project(projectId, "log"));
    if (!known?.data) return;
    catchUp(client, known.dataUpdatedAt);
    return follow({
      path: `/v1/projects/${projectId}/log/stream`,
      after: known.data.lastSeq,
      onEvent: (event) => {
        if (event.event === "reset") refresh(client);
        else add(client, projectId, JSON.parse(event.data) as Entry);
      },
      onBack: () => refresh(client),
    });
  }, [client, projectId, ready]);
}

const FOLLOWED = 3; // logs: a browser opens six connections to one origin

/** Follow the logs of the projects that changed last, where no project is shown; a token that was taken back ends them. */
export function useNewestLogs(projectIds: readonly string[]): void {
  const client = useQueryClient();
  const ids = projectIds.slice(0, FOLLOWED).toSorted().join();
  useEffect(() => {
    const stops = ids.split(",").filter(Boolean).map((id) => followFromNow(client, id));
    return () => stops.forEach((stop) => stop());
  }, [client, ids]);
}

function followFromNow(client: QueryClient, projectId: string): () => void {
  let [stop, stopped] = [() => {}, false];
  const onEvent = (event: StreamEvent) => {
    if (event.event === "reset") return refresh(client);
    for (const queryKey of staleKeys(projectId, JSON.parse(event.data) as Entry)) void client.invalidateQueries({ queryKey });
  };
  const begin = async () => {
    const path = { project_id: projectId };
    const { last_seq: after } = await ask(api.GET("/v1/projects/{project_id}/log", { params: { path, query: { limit: 1 } } }));
    if (!stopped) stop = follow({ path: `/v1/projects/${projectId}/log/stream`, after, onEvent, onBack: () => refresh(client) });
  };
  void begin().catch(() => undefined); // the queries of what is shown say what went wrong
  return () => {
    stopped = true;
    stop();
  };
}

function refresh(client: QueryClient): void {
  void client.invalidateQueries({ predicate: (query) => canChange(query.queryKey) });
}

/** Ask anew for what was read before the log was: no entry that follows tells of a change that came in between. */
function catchUp(client: QueryClient, since: number): void {
  void client.invalidateQueries({
    predicate: ({ queryKey, state }) => canChange(queryKey) && state.dataUpdatedAt > 0 && state.dataUpdatedAt <= since,
  });
}

function canChange(key: readonly unknown[]): boolean {
  return key[2] !== "log" && key[0] !== "snapshot";
}

function add(client: QueryClient, projectId: string, entry: Entry): void {
  client.setQueryData<Log>(keys.project(projectId, "log"), (log) => ({
    entries: [...(log?.entries ?? []), entry].slice(-SHOWN),
    lastSeq: entry.seq,
  }));
  for (const queryKey of staleKeys(projectId, entry)) void client.invalidateQueries({ queryKey });
}
