import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { projectRoute } from "../../parents.tsx";

export const VIEWS = ["text", "blame", "history"] as const;

export interface MemorySearch {
  part?: (typeof VIEWS)[number];
  workspace?: string; // whose memory it is; the project's without it
  version?: number; // the one that is looked at in the history
}

export const memoryRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "/memory",
  validateSearch: (search: Record<string, unknown>): MemorySearch => ({
    part: VIEWS.find((one) => one === search["part"]),
    workspace: typeof search["workspace"] === "string" ? search["workspace"] : undefined,
    version: typeof search["version"] === "number" ? search["version"] : undefined,
  }),
  component: lazyRouteComponent(() => import("./Memory.tsx"), "Memory"),
});
