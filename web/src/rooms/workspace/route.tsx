import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { projectRoute } from "../../parents.tsx";

export const VIEWS = ["files", "history", "compare"] as const;

export interface WorkspaceSearch {
  view?: (typeof VIEWS)[number];
  snapshot?: string; // whose files are shown; the head without it
  path?: string; // the file that is shown
  blame?: boolean;
  from?: string; // the two that are compared
  to?: string;
}

const text = (value: unknown): string | undefined => (typeof value === "string" && value ? value : undefined);

export const workspaceRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "/workspaces/$workspaceId",
  validateSearch: (search: Record<string, unknown>): WorkspaceSearch => ({
    view: VIEWS.find((one) => one === search["view"]),
    snapshot: text(search["snapshot"]),
    path: text(search["path"]),
    blame: search["blame"] === true ? true : undefined,
    from: text(search["from"]),
    to: text(search["to"]),
  }),
  component: lazyRouteComponent(() => import("./Workspace.tsx"), "Workspace"),
});
