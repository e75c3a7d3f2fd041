import { queryOptions } from "@tanstack/react-query";
import { api, ask } from "../../api/client.ts";
import { keys } from "../../log/keys.ts";

const path = (projectId: string) => ({ path: { project_id: projectId } });

export const briefOf = (projectId: string) =>
  queryOptions({
    queryKey: keys.project(projectId, "brief"),
    queryFn: () => ask(api.GET("/v1/projects/{project_id}/brief", { params: path(projectId) })),
  });

export const docsOf = (projectId: string) =>
  queryOptions({
    queryKey: keys.project(projectId, "docs"),
    queryFn: () => ask(api.GET("/v1/projects/{project_id}/docs", { params: path(projectId) })),
  });

export const documentOf = (projectId: string, workspace: string, file: string) =>
  queryOptions({
    queryKey: keys.project(projectId, "docs", workspace, file),
    queryFn: () =>
      ask(
        api.GET("/v1/projects/{project_id}/docs/content", {
          params: { ...path(projectId), query: { workspace, path: file } },
        }),
      ),
  });

export const decisionsOf = (projectId: string) =>
  queryOptions({
    queryKey: keys.project(projectId, "decisions"),
    queryFn: async () =>
      (
        await ask(
          api.GET("/v1/projects/{project_id}/decisions", { params: { ...path(projectId), query: { include_links: true } } }),
        )
      ).decisions,
  });

export const nextStepsOf = (projectId: string) =>
  queryOptions({
    queryKey: keys.project(projectId, "decisions", "steps"),
    queryFn: async () =>
      (await ask(api.GET("/v1/projects/{project_id}/next-steps", { params: path(projectId) }))).next_steps,
  });
