import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { projectRoute } from "../../parents.tsx";

export interface ItemsSearch {
  item?: string; // the one that is open; the first without it
}

export const itemsRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "/items",
  validateSearch: (search: Record<string, unknown>): ItemsSearch =>
    typeof search["item"] === "string" ? { item: search["item"] } : {},
  component: lazyRouteComponent(() => import("./Items.tsx"), "Items"),
});
