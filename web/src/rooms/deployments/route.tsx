import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { projectRoute } from "../../parents.tsx";

export interface DeploymentsSearch {
  workspace?: string; // whose deployments are shown; main without it
  deployment?: string; // the one that is looked at; the newest without it
  other?: string; // the one that it is compared with
}

const text = (value: unknown): string | undefined => (typeof value === "string" && value ? value : undefined);

export const deploymentsRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "/deployments",
  validateSearch: (search: Record<string, unknown>): DeploymentsSearch => ({
    workspace: text(search["workspace"]),
    deployment: text(search["deployment"]),
    other: text(search["other"]),
  }),
  component: lazyRouteComponent(() => import("./Deployments.tsx"), "Deployments"),
});
