import { useQuery } from "@tanstack/react-query";
import { Link, useLocation, useParams } from "@tanstack/react-router";
import { Fragment, type ReactNode } from "react";
import { texts } from "../texts.ts";
import { conversationList, projectList, workspaceList } from "./queries.ts";

const PART = "truncate rounded px-1 py-0.5 hover:bg-hover";

/** Project / workspace or conversation; the last one is where we are. */
export function Breadcrumb() {
  const { projectId, workspaceId, conversationId } = useParams({ strict: false });
  const room = useLocation({ select: ({ pathname }) => (["settings", "review"] as const).find((one) => pathname.startsWith(`/${one}`)) });
  const { data: projects = [] } = useQuery(projectList);
  const { data: workspaces = [] } = useQuery({ ...workspaceList(projectId ?? ""), enabled: !!projectId && !!workspaceId });
  const { data: conversations = [] } = useQuery({ ...conversationList, enabled: !!conversationId });
  const parts: ReactNode[] = [];
  if (!projectId) parts.push(<Link to="/" className={PART}>{texts.frame.home}</Link>);
  if (room) parts.push(<Link to={`/${room}`} className={PART}>{texts.frame[room]}</Link>);
  if (projectId) {
    const name = projects.find((one) => one.id === projectId)?.name ?? "…";
    parts.push(<Link to="/projects/$projectId" params={{ projectId }} className={PART} dir="auto">{name}</Link>);
  }
  if (projectId && workspaceId) {
    const name = workspaces.find((one) => one.id === workspaceId)?.name ?? "…";
    const to = "/projects/$projectId/workspaces/$workspaceId";
    parts.push(<Link to={to} params={{ projectId, workspaceId }} className={PART} dir="auto">{name}</Link>);
  }
  if (projectId && conversationId) {
    const title = conversations.find((one) => one.id === conversationId)?.title ?? texts.palette.conversation;
    const to = "/projects/$projectId/conversations/$conversationId";
    parts.push(<Link to={to} params={{ projectId, conversationId }} className={PART} dir="auto">{title}</Link>);
  }
  return (
    <nav aria-label={texts.frame.path} className="row min-w-0 gap-0.5 font-medium">
      {parts.map((part, index) => (
        <Fragment key={index}>
          {index > 0 && <span aria-hidden="true" className="text-faint">/</span>}
          {part}
        </Fragment>
      ))}
    </nav>
  );
}
