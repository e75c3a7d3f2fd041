import { Outlet, useParams } from "@tanstack/react-router";
import { useLogSource } from "../log/useProjectLog.ts";

/** What every room of a project stands in: its log is followed as long as one of them is shown. */
export function ProjectFrame() {
  const { projectId } = useParams({ from: "/projects/$projectId" });
  useLogSource(projectId);
  return <Outlet />;
}
