import { createRouter } from "@tanstack/react-router";
import { projectRoute, rootRoute } from "./parents.tsx";
import { conversationRoute, conversationsRoute } from "./rooms/conversation/route.tsx";
import { deploymentsRoute } from "./rooms/deployments/route.tsx";
import { homeRoute } from "./rooms/home/route.tsx";
import { itemsRoute } from "./rooms/items/route.tsx";
import { overviewRoute } from "./rooms/project/route.tsx";
import { syncRoute } from "./rooms/sync/route.tsx";
import { workspaceRoute } from "./rooms/workspace/route.tsx";
import { Trouble, Waiting } from "./parts/States.tsx";

const routeTree = rootRoute.addChildren([
  homeRoute,
  projectRoute.addChildren([overviewRoute, workspaceRoute, syncRoute, conversationsRoute, conversationRoute, itemsRoute, deploymentsRoute]),
]);

export const router = createRouter({
  routeTree,
  defaultPreload: "intent",
  defaultPendingComponent: Waiting,
  defaultErrorComponent: ({ error, reset }) => <Trouble error={error} onRetry={reset} />,
  scrollRestoration: false,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
