import { createRoute } from "@tanstack/react-router";
import { rootRoute } from "../../parents.tsx";
import { Home } from "./Home.tsx";

export const homeRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  component: Home,
});
