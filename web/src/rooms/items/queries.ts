// Items go out of date with entries `action_item.*`, and their runs with `run.*`, as Home's do.
import { queryOptions } from "@tanstack/react-query";
import { api, ask, type Shapes } from "../../api/client.ts";
import { keys } from "../../log/keys.ts";

export type ActionRun = Shapes["ActionItemRun"];

export const itemsOf = (projectId: string) =>
  queryOptions({
    queryKey: [...keys.needs, "items", projectId],
    queryFn: async () =>
      (await ask(api.GET("/v1/action-items", { params: { query: { limit: 100 } } }))).items.filter((one) => one.project_id === projectId),
  });

export const works = (run: ActionRun): boolean => run.status === "queued" || run.status === "running";

export const actionRunsOf = (itemId: string) =>
  queryOptions({
    queryKey: [...keys.needs, "runs", itemId],
    queryFn: async () =>
      (await ask(api.GET("/v1/action-items/{item_id}/runs", { params: { path: { item_id: itemId } } }))).runs,
  });
