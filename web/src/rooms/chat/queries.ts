// An entry `run.*` or `proposal.*` of the project log that names a chat makes all of that chat out of date.
import { queryOptions } from "@tanstack/react-query";
import { api, ask, type Shapes } from "../../api/client.ts";
import { keys } from "../../log/keys.ts";

export type Run = Shapes["Run"];
export type Proposal = Shapes["Proposal"];

const path = (chatId: string) => ({ path: { chat_id: chatId } });

export const chatList = (projectId: string) =>
  queryOptions({
    queryKey: keys.project(projectId, "chats"),
    queryFn: async () =>
      (
        await ask(
          api.GET("/v1/projects/{project_id}/chats", {
            params: { path: { project_id: projectId }, query: { include: "meta", limit: 100 } },
          }),
        )
      ).chats,
  });

export const chatOf = (id: string) =>
  queryOptions({
    queryKey: keys.chat(id, "whole"),
    queryFn: async () =>
      (await ask(api.GET("/v1/chats/{chat_id}", { params: { ...path(id), query: { include: "meta" } } }))).chat,
  });

export const chatMessages = (id: string) =>
  queryOptions({
    queryKey: keys.chat(id, "messages"),
    queryFn: async () =>
      (await ask(api.GET("/v1/chats/{chat_id}/messages", { params: { ...path(id), query: { include: "meta" } } }))).messages,
  });

export const proposalsOf = (id: string) =>
  queryOptions({
    queryKey: keys.chat(id, "proposals"),
    queryFn: async () => (await ask(api.GET("/v1/proposals", { params: { query: { chat_id: id, limit: 20 } } }))).proposals,
  });

/** The newest run with everything that was given to the model; null before the first one. */
export const newestRun = (id: string) =>
  queryOptions({
    queryKey: keys.chat(id, "newest-run"),
    queryFn: async (): Promise<Run | null> => {
      const { runs } = await ask(api.GET("/v1/chats/{chat_id}/runs", { params: { ...path(id), query: { limit: 1 } } }));
      if (!runs[0]) return null;
      return (await ask(api.GET("/v1/runs/{run_id}", { params: { path: { run_id: runs[0].id } } }))).run;
    },
  });
