import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "../../parents.tsx";

export const VIEWS = ["models", "integrations", "access", "audit", "users", "look"] as const;

export interface SettingsSearch {
  part?: (typeof VIEWS)[number];
}

export const settingsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/settings",
  validateSearch: (search: Record<string, unknown>): SettingsSearch => ({
    part: VIEWS.find((one) => one === search["part"]),
  }),
  component: lazyRouteComponent(() => import("./Settings.tsx"), "Settings"),
});
