import { queryOptions } from "@tanstack/react-query";
import { api, ask } from "../../api/client.ts";
import { keys } from "../../log/keys.ts";

export const actionItems = queryOptions({
  queryKey: [...keys.needs, "items"],
  queryFn: async () => (await ask(api.GET("/v1/action-items", { params: { query: { limit: 50 } } }))).items,
});

export const pendingProposals = queryOptions({
  queryKey: [...keys.needs, "proposals"],
  queryFn: async () => (await ask(api.GET("/v1/proposals", { params: { query: { status: "pending" } } }))).proposals,
});

export const forecastOf = (projectId: string) =>
  queryOptions({
    queryKey: keys.project(projectId, "forecast"),
    queryFn: () => ask(api.GET("/v1/projects/{project_id}/forecast", { params: { path: { project_id: projectId } } })),
  });
