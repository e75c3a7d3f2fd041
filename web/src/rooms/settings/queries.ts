// What belongs to the person rather than to a project: no log tells of it, so it is asked for when it is shown.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, ask } from "../../api/client.ts";

const key = (part: string) => ["settings", part] as const;

export const apiKeys = queryOptions({
  queryKey: key("keys"),
  queryFn: async () => (await ask(api.GET("/v1/auth/api-keys"))).api_keys,
});

export const tokenList = queryOptions({
  queryKey: key("tokens"),
  queryFn: async () => (await ask(api.GET("/v1/auth/tokens"))).tokens,
});

export const deviceList = queryOptions({
  queryKey: key("devices"),
  queryFn: async () => (await ask(api.GET("/v1/auth/devices"))).devices,
});

export const auditPages = infiniteQueryOptions({
  queryKey: key("audit"),
  queryFn: ({ pageParam }) =>
    ask(api.GET("/v1/auth/audit", { params: { query: { limit: 100, ...(pageParam ? { cursor: pageParam } : {}) } } })),
  initialPageParam: "",
  getNextPageParam: (page) => page.next_cursor ?? undefined,
});

/** The server's users; refused to all but administrators. */
export const userPages = infiniteQueryOptions({
  queryKey: key("users"),
  queryFn: ({ pageParam }) => ask(api.GET("/v1/users", { params: { query: { cursor: pageParam || undefined } } })),
  initialPageParam: "",
  getNextPageParam: (page) => page.next_cursor,
});
