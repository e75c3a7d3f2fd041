import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { rootRoute } from "../../parents.tsx";

export const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  component: lazyRouteComponent(() => import("./Home.tsx"), "Home"),
});
