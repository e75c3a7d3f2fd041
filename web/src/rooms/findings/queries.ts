// Entries `review.*` and `finding.*` of the project log make this out of date.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, ask, type Shapes } from "../../api/client.ts";
import { keys } from "../../log/keys.ts";

export type Finding = Shapes["Finding"];
export type TreeReview = Shapes["TreeReview"];

export const findingsOf = (projectId: string, status: Finding["status"], workspace: string | undefined) =>
  infiniteQueryOptions({
    queryKey: keys.project(projectId, "findings", status, workspace),
    queryFn: ({ pageParam }) =>
      ask(
        api.GET("/v1/projects/{project_id}/findings", {
          params: {
            path: { project_id: projectId },
            query: { status, limit: 100, ...(workspace ? { workspace_id: workspace } : {}), ...(pageParam ? { cursor: pageParam } : {}) },
          },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

export const treeReviewsOf = (projectId: string) =>
  queryOptions({
    queryKey: keys.project(projectId, "reviews"),
    queryFn: async () =>
      (await ask(api.GET("/v1/projects/{project_id}/reviews", { params: { path: { project_id: projectId }, query: { limit: 30 } } }))).reviews,
  });

export const treeReviewOf = (projectId: string, id: string) =>
  queryOptions({
    queryKey: keys.project(projectId, "reviews", id),
    queryFn: () => ask(api.GET("/v1/reviews/{review_id}", { params: { path: { review_id: id } } })),
  });
