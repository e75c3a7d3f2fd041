// An entry `index.*` of the project log makes the map out of date, and one `snapshot.*` may make it stale.
import { queryOptions } from "@tanstack/react-query";
import { api, ask, type Shapes } from "../../api/client.ts";
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

export const diagramsOf = (projectId: string) =>
  queryOptions({
    queryKey: keys.project(projectId, "atlas", "diagrams"),
    queryFn: async () => (await ask(api.GET("/v1/projects/{project_id}/atlas/diagrams", { params: path(projectId) }))).diagrams,
  });

export const drawing = (projectId: string, type: Shapes["Diagram"]["type"], concept: string | undefined) =>
  ask(api.POST("/v1/projects/{project_id}/atlas/diagrams", { params: path(projectId), body: { type, concept_id: concept ?? null } }));

export const differenceOf = (projectId: string, from: string, to: string) =>
  queryOptions({
    queryKey: keys.snapshot(from, "atlas", to),
    queryFn: () =>
      ask(api.GET("/v1/projects/{project_id}/atlas/diff", { params: { ...path(projectId), query: { from, to } } })),
    staleTime: Infinity,
  });

export const indexing = (projectId: string) =>
  ask(api.POST("/v1/projects/{project_id}/atlas/index", { params: path(projectId), body: {} }));
