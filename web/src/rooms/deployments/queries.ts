// An entry `deployment.*` of the project log makes all of this out of date; what a deployment says has a stream of its own.
import { queryOptions } from "@tanstack/react-query";
import { api, ask, type Shapes } from "../../api/client.ts";
import { keys } from "../../log/keys.ts";

export type Deployment = Shapes["DeploymentRecord"];
export type DeploymentSettings = Shapes["WorkspaceSettings"];

const key = (projectId: string, ...part: string[]) => keys.project(projectId, "deployments", ...part);

export const deploymentsOf = (projectId: string, workspaceId: string) =>
  queryOptions({
    queryKey: key(projectId, "of", workspaceId),
    queryFn: async () =>
      (
        await ask(
          api.GET("/v1/infrastructure/workspaces/{workspace_id}/deployments", {
            params: { path: { workspace_id: workspaceId }, query: { limit: 50 } },
          }),
        )
      ).deployments,
  });

/** The log as it grows; where an app runs, what it says follows. */
export const logStreamOf = (id: string): string => `/v1/infrastructure/deployments/${id}/logs/stream?app=true`;

export const differenceOf = (projectId: string, id: string, other: string) =>
  queryOptions({
    queryKey: key(projectId, "difference", id, other),
    queryFn: () =>
      ask(
        api.GET("/v1/infrastructure/deployments/{deployment_id}/diff/{other_id}", {
          params: { path: { deployment_id: id, other_id: other } },
        }),
      ),
  });

export const settingsOf = (workspaceId: string) =>
  queryOptions({
    queryKey: keys.workspace(workspaceId, "deployment-settings"),
    queryFn: async () =>
      (
        await ask(
          api.GET("/v1/infrastructure/workspaces/{workspace_id}/deployment-settings", {
            params: { path: { workspace_id: workspaceId } },
          }),
        )
      ).settings,
  });

export const variablesOf = (projectId: string) =>
  queryOptions({
    queryKey: keys.project(projectId, "variables"),
    queryFn: async () =>
      (await ask(api.GET("/v1/projects/{project_id}/env-vars", { params: { path: { project_id: projectId } } }))).variables,
  });

export const resourcesOf = (projectId: string) =>
  queryOptions({
    queryKey: keys.project(projectId, "resources"),
    queryFn: async () =>
      (
        await ask(
          api.GET("/v1/infrastructure/projects/{project_id}/resources", { params: { path: { project_id: projectId } } }),
        )
      ).resources,
  });
