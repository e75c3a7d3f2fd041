import { queryOptions } from "@tanstack/react-query";
import { api, ask } from "../../api/client.ts";
import { keys } from "../../log/keys.ts";

export const comparisonOf = (workspaceId: string) =>
  queryOptions({
    queryKey: keys.workspace(workspaceId, "comparison"),
    queryFn: () =>
      ask(
        api.GET("/v1/workspaces/{workspace_id}/drift/compare", {
          params: { path: { workspace_id: workspaceId }, query: { include_dirty: true } },
        }),
      ),
  });
