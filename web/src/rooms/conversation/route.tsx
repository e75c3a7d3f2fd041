import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { projectRoute } from "../../parents.tsx";

export const conversationsRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "/conversations",
  component: lazyRouteComponent(() => import("./Conversations.tsx"), "Conversations"),
});

export const conversationRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "/conversations/$conversationId",
  component: lazyRouteComponent(() => import("./Conversation.tsx"), "Conversation"),
});
