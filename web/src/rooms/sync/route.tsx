import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { projectRoute } from "../../parents.tsx";

export const syncRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "/workspaces/$workspaceId/sync",
  component: lazyRouteComponent(() => import("./Sync.tsx"), "Sync"),
});
