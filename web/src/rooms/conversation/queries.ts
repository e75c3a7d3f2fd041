import { queryOptions } from "@tanstack/react-query";
import { api, ask } from "../../api/client.ts";
import { keys } from "../../log/keys.ts";
import type { Part } from "./frames.ts";

const path = (id: string) => ({ path: { conversation_id: id } });

export const conversationOf = (id: string) =>
  queryOptions({
    queryKey: keys.conversation(id, "state"),
    queryFn: async () => (await ask(api.GET("/v1/conversations/{conversation_id}", { params: path(id) }))).conversation,
  });

export const messagesOf = (id: string) =>
  queryOptions({
    queryKey: keys.conversation(id, "messages"),
    queryFn: () => ask(api.GET("/v1/conversations/{conversation_id}/messages", { params: { ...path(id), query: { limit: 500 } } })),
  });

/** What the agent told, by answer; while a turn runs its newest parts come by the stream. */
export const partsOf = (id: string) =>
  queryOptions({
    queryKey: keys.conversation(id, "parts"),
    queryFn: async () => {
      const { messages } = await ask(api.GET("/v1/conversations/{conversation_id}/opencode-messages", { params: path(id) }));
      const outputs = Object.entries(messages as Record<string, { parts: unknown[] }>);
      return Object.fromEntries(outputs.map(([message, output]) => [message, output.parts as Part[]]));
    },
  });

export const timelineOf = (id: string) =>
  queryOptions({
    queryKey: keys.conversation(id, "timeline"),
    queryFn: async () => (await ask(api.GET("/v1/conversations/{conversation_id}/timeline", { params: path(id) }))).timeline,
  });

export const checkpointsOf = (id: string) =>
  queryOptions({
    queryKey: keys.conversation(id, "checkpoints"),
    queryFn: async () =>
      (await ask(api.GET("/v1/conversations/{conversation_id}/checkpoints", { params: { ...path(id), query: { limit: 500 } } })))
        .checkpoints,
  });

/** How one file differs between two trees, named by their manifests. */
export const treeLinesOf = (from: string, to: string, file: string) =>
  queryOptions({
    queryKey: ["tree", from, to, file] as const,
    queryFn: () =>
      ask(
        api.GET("/v1/blobs/manifests/{hash}/diff/{other_hash}", {
          params: { path: { hash: from, other_hash: to }, query: { path: file } },
        }),
      ),
    staleTime: Infinity,
  });
