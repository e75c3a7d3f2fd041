import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useLayoutEffect, useRef, type FocusEvent, type KeyboardEvent } from "react";
import { PROJECT_ROOMS } from "../rooms/list.ts";
import { texts } from "../texts.ts";
import { projectList, workspaceList } from "./queries.ts";

export const CONTENT = "content"; // where rooms are shown
const ITEM = "row min-h-8 rounded-md px-2 text-[0.8125rem] hover:bg-hover";
const ACTIVE = { className: "bg-hover font-medium text-ink" };

/** Projects and rooms; where the window is narrow a menu, which has the focus while it is open, and gives it back on Escape. */
export function Sidebar({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { projectId } = useParams({ strict: false });
  const { data: projects = [], isSuccess } = useQuery(projectList);
  const place = useRef<HTMLElement>(null);
  const opener = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    if (!open) return;
    opener.current = document.activeElement as HTMLElement;
    const menu = place.current;
    menu?.querySelector("a")?.focus();
    return () => {
      if (menu?.contains(document.activeElement)) document.getElementById(CONTENT)?.focus(); // a link of it led elsewhere
    };
  }, [open]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !open) return;
    onClose();
    opener.current?.focus();
  };
  const onBlur = ({ relatedTarget }: FocusEvent) => {
    if (open && relatedTarget && !place.current?.contains(relatedTarget)) onClose();
  };
  return (
    <>
      {open && <div aria-hidden="true" className="fixed inset-0 z-30 bg-black/40 md:hidden" onClick={onClose} />}
      <nav
        ref={place}
        aria-label={texts.frame.menu}
        onKeyDown={onKeyDown}
        onBlur={onBlur}
        className={`row-span-3 flex-col overflow-y-auto border-e border-line bg-sunken px-2 pb-4 md:col-start-1 md:row-start-1 md:flex ${open ? "fixed inset-y-0 start-0 z-40 flex w-64" : "hidden"}`}
      >
        <Link to="/" className="row h-12 shrink-0 px-2 font-semibold tracking-tight" activeOptions={{ exact: true }}>
          <span aria-hidden="true" className="text-lg text-accent">⁂</span>
          {texts.product}
        </Link>
        <Link to="/" className={ITEM} activeProps={ACTIVE} activeOptions={{ exact: true }}>
          {texts.frame.home}
        </Link>
        <Link to="/review" className={ITEM} activeProps={ACTIVE}>
          {texts.frame.review}
        </Link>
        <h2 className="mt-4 mb-1 px-2 text-2xs font-semibold tracking-wide text-faint uppercase">{texts.frame.projects}</h2>
        <ul className="space-y-px">
          {projects.map((project) => (
            <li key={project.id}>
              <Link
                to="/projects/$projectId"
                params={{ projectId: project.id }}
                className={`${ITEM} ${project.id === projectId ? "font-semibold" : "text-soft"}`}
                aria-current={project.id === projectId ? "true" : undefined}
                title={project.name}
              >
                <span className="truncate" dir="auto">{project.name}</span>
              </Link>
              {project.id === projectId && <Rooms projectId={project.id} />}
            </li>
          ))}
        </ul>
        {isSuccess && projects.length === 0 && <p className="px-2 text-soft">{texts.frame.noProjects}</p>}
      </nav>
    </>
  );
}

function Rooms({ projectId }: { projectId: string }) {
  const { data: workspaces = [] } = useQuery(workspaceList(projectId));
  return (
    <ul aria-label={texts.frame.rooms} className="my-1 ms-3 space-y-px border-s border-line ps-1.5">
      {PROJECT_ROOMS.map((room) => (
        <li key={room.to}>
          <Link to={room.to} params={{ projectId }} className={`${ITEM} text-soft`} activeProps={ACTIVE} activeOptions={{ exact: room.exact }}>
            {room.label}
          </Link>
        </li>
      ))}
      {workspaces.slice(0, 30).map((one) => (
        <li key={one.id}>
          <Link
            to="/projects/$projectId/workspaces/$workspaceId"
            params={{ projectId, workspaceId: one.id }}
            className={`${ITEM} text-soft`}
            activeProps={ACTIVE}
            title={one.name}
          >
            <span aria-hidden="true" className={`size-1.5 shrink-0 rounded-full ${one.is_main ? "bg-accent" : "border border-faint"}`} />
            <span className="truncate" dir="auto">{one.name}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
