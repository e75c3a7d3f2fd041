import { createRouter } from "@tanstack/react-router";
import { projectRoute, rootRoute } from "./parents.tsx";
import { chatRoute, chatsRoute } from "./rooms/chat/route.tsx";
import { conversationRoute, conversationsRoute } from "./rooms/conversation/route.tsx";
import { deploymentsRoute } from "./rooms/deployments/route.tsx";
import { findingsRoute } from "./rooms/findings/route.tsx";
import { homeRoute } from "./rooms/home/route.tsx";
import { itemsRoute } from "./rooms/items/route.tsx";
import { mapRoute } from "./rooms/map/route.tsx";
import { memoryRoute } from "./rooms/memory/route.tsx";
import { overviewRoute } from "./rooms/project/route.tsx";
import { reviewRoute } from "./rooms/review/route.tsx";
import { settingsRoute } from "./rooms/settings/route.tsx";
import { syncRoute } from "./rooms/sync/route.tsx";
import { workspaceRoute } from "./rooms/workspace/route.tsx";
import { Trouble, Waiting } from "./parts/States.tsx";

const routeTree = rootRoute.addChildren([
  homeRoute,
  reviewRoute,
  settingsRoute,
  projectRoute.addChildren([overviewRoute, workspaceRoute, syncRoute, conversationsRoute, conversationRoute, chatsRoute, chatRoute, mapRoute, memoryRoute, findingsRoute, itemsRoute, deploymentsRoute]),
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
