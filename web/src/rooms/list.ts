import { texts } from "../texts.ts";

/** The rooms of a project, in the order in which the sidebar and the palette name them. */
export const PROJECT_ROOMS = [
  { to: "/projects/$projectId", label: texts.rooms.overview, exact: true },
  { to: "/projects/$projectId/conversations", label: texts.rooms.conversations, exact: false },
  { to: "/projects/$projectId/chats", label: texts.rooms.chats, exact: false },
  { to: "/projects/$projectId/map", label: texts.rooms.map, exact: false },
  { to: "/projects/$projectId/memory", label: texts.rooms.memory, exact: false },
  { to: "/projects/$projectId/findings", label: texts.rooms.findings, exact: false },
  { to: "/projects/$projectId/items", label: texts.rooms.items, exact: false },
  { to: "/projects/$projectId/deployments", label: texts.rooms.deployments, exact: false },
] as const;
