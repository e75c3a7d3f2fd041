import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { projectRoute } from "../../parents.tsx";

export const STATUSES = ["open", "fixed", "dismissed"] as const;

export interface FindingsSearch {
  standing?: (typeof STATUSES)[number] | undefined; // open without it
  workspace?: string | undefined; // what is found there; in any without it
  review?: string | undefined; // the one that is watched or looked at
}

const text = (value: unknown): string | undefined => (typeof value === "string" && value ? value : undefined);

export const findingsRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "/findings",
  validateSearch: (search: Record<string, unknown>): FindingsSearch => ({
    standing: STATUSES.find((one) => one === search["standing"]),
    workspace: text(search["workspace"]),
    review: text(search["review"]),
  }),
  component: lazyRouteComponent(() => import("./Findings.tsx"), "Findings"),
});
