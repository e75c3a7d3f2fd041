// The routes that others stand under: the frame around everything, and the frame of a project. Rooms import these.
import { createRootRoute, createRoute } from "@tanstack/react-router";
import { Frame } from "./frame/Frame.tsx";
import { Lost } from "./frame/Lost.tsx";
import { ProjectFrame } from "./frame/ProjectFrame.tsx";
import { Trouble } from "./parts/States.tsx";

export const rootRoute = createRootRoute({
  component: Frame,
  notFoundComponent: Lost,
  errorComponent: ({ error, reset }) => <Trouble error={error} onRetry={reset} />,
});

export const projectRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/projects/$projectId",
  component: ProjectFrame,
});
