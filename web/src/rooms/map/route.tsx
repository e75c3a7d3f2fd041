import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { projectRoute } from "../../parents.tsx";

export const VIEWS = ["layers", "graph", "diagrams", "difference"] as const;

export interface MapSearch {
  shape?: (typeof VIEWS)[number] | undefined; // layers without it
  concept?: string | undefined; // what is explained
  diagram?: string | undefined; // the one that is shown; the newest without it
  from?: string | undefined; // snapshots whose maps are compared: the newest with the one before
  to?: string | undefined;
}

const text = (value: unknown): string | undefined => (typeof value === "string" && value ? value : undefined);

export const mapRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "/map",
  validateSearch: (search: Record<string, unknown>): MapSearch => ({
    shape: VIEWS.find((one) => one === search["shape"]),
    concept: text(search["concept"]),
    diagram: text(search["diagram"]),
    from: text(search["from"]),
    to: text(search["to"]),
  }),
  component: lazyRouteComponent(() => import("./ProjectMap.tsx"), "ProjectMap"),
});
