import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { projectRoute } from "../../parents.tsx";

export interface MapSearch {
  concept?: string; // what is explained
}

export const mapRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "/map",
  validateSearch: (search: Record<string, unknown>): MapSearch =>
    typeof search["concept"] === "string" ? { concept: search["concept"] } : {},
  component: lazyRouteComponent(() => import("./ProjectMap.tsx"), "ProjectMap"),
});
