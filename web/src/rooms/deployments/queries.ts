// An entry `deployment.*` of the project log makes all of this out of date. A log has no entries there while it grows,
// so it is asked for again until its deployment has ended.
import { queryOptions } from "@tanstack/react-query";
import { api, ask, type Shapes } from "../../api/client.ts";
import { keys } from "../../log/keys.ts";

export type Deployment = Shapes["DeploymentRecord"];
export type DeploymentSettings = Shapes["WorkspaceSettings"];

const LOOK_AGAIN = 1000; // milliseconds
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

export const logOf = ({ project_id, id, status }: Deployment) =>
  queryOptions({
    queryKey: key(project_id, "log", id),
    queryFn: async () =>
      (
        await ask(
          api.GET("/v1/infrastructure/deployments/{deployment_id}/logs", { params: { path: { deployment_id: id } } }),
        )
      ).log.entries.map((one) => ({ content: one.content, error: one.stream === "stderr" })),
    refetchInterval: status === "deploying" ? LOOK_AGAIN : false,
  });

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
