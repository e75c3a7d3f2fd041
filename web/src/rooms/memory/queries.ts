// Entries `memory.*` of the project log make all of this out of date, but for a version, which never changes.
import { queryOptions } from "@tanstack/react-query";
import { api, ask } from "../../api/client.ts";
import { keys } from "../../log/keys.ts";

/** The memory of a project, or of one of its workspaces. */
export interface Place {
  projectId: string;
  workspaceId: string | undefined;
}

const key = ({ projectId, workspaceId }: Place, ...part: (string | number)[]) =>
  keys.project(projectId, "memory", workspaceId ?? "", ...part);
const ofProject = ({ projectId }: Place) => ({ project_id: projectId });

export const memoryOf = (place: Place) =>
  queryOptions({
    queryKey: key(place, "text"),
    queryFn: () =>
      ask(
        place.workspaceId
          ? api.GET("/v1/workspaces/{workspace_id}/memory", { params: { path: { workspace_id: place.workspaceId } } })
          : api.GET("/v1/projects/{project_id}/memory", { params: { path: ofProject(place) } }),
      ),
  });

export function saveMemory(place: Place, content: string, base: string) {
  const body = { content, base_updated_at: base };
  return ask(
    place.workspaceId
      ? api.PUT("/v1/workspaces/{workspace_id}/memory", { params: { path: { workspace_id: place.workspaceId } }, body })
      : api.PUT("/v1/projects/{project_id}/memory", { params: { path: ofProject(place) }, body }),
  );
}

export const blameOf = (place: Place) =>
  queryOptions({
    queryKey: key(place, "blame"),
    queryFn: () =>
      ask(
        place.workspaceId
          ? api.GET("/v1/workspaces/{workspace_id}/memory/blame", { params: { path: { workspace_id: place.workspaceId } } })
          : api.GET("/v1/projects/{project_id}/memory/blame", { params: { path: ofProject(place) } }),
      ),
  });

export const versionsOf = (place: Place) =>
  queryOptions({
    queryKey: key(place, "versions"),
    queryFn: async () =>
      (
        await ask(
          place.workspaceId
            ? api.GET("/v1/workspaces/{workspace_id}/memory/versions", {
                params: { path: { workspace_id: place.workspaceId }, query: { limit: 100 } },
              })
            : api.GET("/v1/projects/{project_id}/memory/versions", { params: { path: ofProject(place), query: { limit: 100 } } }),
        )
      ).versions,
  });

export const versionOf = (place: Place, version: number) =>
  queryOptions({
    queryKey: key(place, "version", version),
    queryFn: () =>
      ask(
        place.workspaceId
          ? api.GET("/v1/workspaces/{workspace_id}/memory/versions/{version}", {
              params: { path: { workspace_id: place.workspaceId, version: String(version) } },
            })
          : api.GET("/v1/projects/{project_id}/memory/versions/{version}", {
              params: { path: { ...ofProject(place), version: String(version) } },
            }),
      ),
    staleTime: Infinity,
  });
