// What the frame and more than one room ask for.
import { queryOptions } from "@tanstack/react-query";
import { api, ask } from "../api/client.ts";
import { keys } from "../log/keys.ts";

export const me = queryOptions({
  queryKey: keys.me,
  queryFn: async () => (await ask(api.GET("/v1/auth/me"))).user,
  staleTime: Infinity,
});

export const projectList = queryOptions({
  queryKey: keys.projects,
  queryFn: async () => (await ask(api.GET("/v1/projects", { params: { query: { limit: 200 } } }))).projects,
});

export const conversationList = queryOptions({
  queryKey: keys.conversations,
  queryFn: async () => (await ask(api.GET("/v1/conversations", { params: { query: { limit: 100 } } }))).conversations,
});

export const wholeProject = (id: string) =>
  queryOptions({
    queryKey: keys.project(id, "whole"),
    queryFn: () => ask(api.GET("/v1/projects/{project_id}", { params: { path: { project_id: id } } })),
  });

export const workspaceList = (projectId: string) =>
  queryOptions({
    queryKey: keys.project(projectId, "workspaces"),
    queryFn: async () =>
      (await ask(api.GET("/v1/projects/{project_id}/workspaces", { params: { path: { project_id: projectId } } })))
        .workspaces,
  });

export const modelList = queryOptions({
  queryKey: ["settings", "models"],
  queryFn: () => ask(api.GET("/v1/models")),
});

export const integrationList = queryOptions({
  queryKey: ["settings", "integrations"],
  queryFn: async () => (await ask(api.GET("/v1/integrations"))).integrations,
});
