import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { projectRoute } from "../../parents.tsx";

export interface OverviewSearch {
  doc?: string; // WORKSPACE/PATH of the document that is read
}

export const overviewRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "/",
  validateSearch: (search: Record<string, unknown>): OverviewSearch =>
    typeof search["doc"] === "string" ? { doc: search["doc"] } : {},
  component: lazyRouteComponent(() => import("./Overview.tsx"), "Overview"),
});
