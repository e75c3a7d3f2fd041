// An entry `index.*` of the project log makes the map out of date, and one `snapshot.*` may make it stale.
import { queryOptions } from "@tanstack/react-query";
import { api, ask } from "../../api/client.ts";
import { keys } from "../../log/keys.ts";

const path = (projectId: string) => ({ path: { project_id: projectId } });

export const atlasOf = (projectId: string) =>
  queryOptions({
    queryKey: keys.project(projectId, "atlas"),
    queryFn: () => ask(api.GET("/v1/projects/{project_id}/atlas", { params: path(projectId) })),
  });

export const searchOf = (projectId: string, query: string) =>
  queryOptions({
    queryKey: keys.project(projectId, "atlas", "search", query),
    queryFn: async () =>
      (await ask(api.POST("/v1/projects/{project_id}/atlas/search", { params: path(projectId), body: { query, limit: 20 } }))).results,
    enabled: query !== "",
  });

export const indexing = (projectId: string) =>
  ask(api.POST("/v1/projects/{project_id}/atlas/index", { params: path(projectId), body: {} }));
