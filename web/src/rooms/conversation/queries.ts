import { queryOptions } from "@tanstack/react-query";
import { api, ask } from "../../api/client.ts";
import { keys } from "../../log/keys.ts";

const path = (id: string) => ({ path: { conversation_id: id } });

export const conversationOf = (id: string) =>
  queryOptions({
    queryKey: keys.conversation(id, "state"),
    queryFn: async () => (await ask(api.GET("/v1/conversations/{conversation_id}", { params: path(id) }))).conversation,
  });

export const messagesOf = (id: string) =>
  queryOptions({
    queryKey: keys.conversation(id, "messages"),
    queryFn: () => ask(api.GET("/v1/conversations/{conversation_id}/messages", { params: { ...path(id), query: { limit: 200 } } })),
  });
