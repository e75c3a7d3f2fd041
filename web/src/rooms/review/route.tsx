import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "../../parents.tsx";

export interface ReviewSearch {
  root?: string; // the folder on this machine; where the server was started without it
  review?: string; // the one that is looked at
}

const text = (value: unknown): string | undefined => (typeof value === "string" && value ? value : undefined);

export const reviewRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/review",
  validateSearch: (search: Record<string, unknown>): ReviewSearch => ({ root: text(search["root"]), review: text(search["review"]) }),
  component: lazyRouteComponent(() => import("./Review.tsx"), "Review"),
});
