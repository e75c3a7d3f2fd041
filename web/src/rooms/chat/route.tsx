import { createRoute, lazyRouteComponent } from "@tanstack/react-router";
import { projectRoute } from "../../parents.tsx";

export const chatsRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "/chats",
  component: lazyRouteComponent(() => import("./Chats.tsx"), "Chats"),
});

export const chatRoute = createRoute({
  getParentRoute: () => projectRoute,
  path: "/chats/$chatId",
  component: lazyRouteComponent(() => import("./Chat.tsx"), "Chat"),
});
