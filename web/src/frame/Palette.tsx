import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useId, useMemo, useState } from "react";
import { Dialog } from "../parts/Dialog.tsx";
import { INPUT } from "../parts/Field.tsx";
import { PROJECT_ROOMS } from "../rooms/list.ts";
import { texts } from "../texts.ts";
import { matches } from "./matching.ts";
import { conversationList, projectList, workspaceList } from "./queries.ts";
import { applyTheme, THEMES } from "./theme.ts";

interface Command {
  id: string;
  kind: string;
  label: string;
  run: () => void;
}

interface Props {
  open: boolean;
  onClose: () => void;
  onToggleLog: () => void;
}

/** Ctrl-K: jump to anything, do anything. */
export function Palette({ open, onClose, onToggleLog }: Props) {
  return (
    <Dialog title={texts.palette.title} open={open} onClose={onClose}>
      <Choices onClose={onClose} onToggleLog={onToggleLog} />
    </Dialog>
  );
}

function Choices({ onClose, onToggleLog }: Omit<Props, "open">) {
  const commands = useCommands(onToggleLog);
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const id = useId();
  const found = useMemo(() => matches(commands, text, (one) => `${one.label} ${one.kind}`).slice(0, 50), [commands, text]);
  const chosen = Math.min(at, found.length - 1);
  const run = (command: Command | undefined) => {
    if (!command) return;
    onClose();
    command.run();
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length > 0) {
      event.preventDefault();
      const next = (chosen + step + found.length) % found.length;
      setAt(next);
      document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: "nearest" });
    }
    if (event.key === "Enter") run(found[chosen]);
  };
  return (
    <>
      <input
        autoFocus
        role="combobox"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={found.length > 0 ? `${id}-${chosen}` : undefined}
        aria-label={texts.palette.label}
        placeholder={texts.palette.label}
        value={text}
        onChange={(event) => (setText(event.target.value), setAt(0))}
        onKeyDown={onKeyDown}
        className={INPUT}
      />
      <ul id={id} role="listbox" aria-label={texts.palette.title} className="mt-2 max-h-80 overflow-y-auto">
        {found.map((one, index) => (
          <li
            key={one.id}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === chosen}
            onClick={() => run(one)}
            className={`row min-h-8 cursor-pointer justify-between rounded-md px-2 ${index === chosen ? "bg-hover" : ""}`}
          >
            <span className="truncate" dir="auto">{one.label}</span>
            <span className="shrink-0 text-xs text-soft">{one.kind}</span>
          </li>
        ))}
      </ul>
      {found.length === 0 && <p className="px-2 py-4 text-center text-soft">{texts.palette.nothing}</p>}
    </>
  );
}

function useCommands(onToggleLog: () => void): Command[] {
  const navigate = useNavigate();
  const { projectId } = useParams({ strict: false });
  const { data: projects = [] } = useQuery(projectList);
  const { data: workspaces = [] } = useQuery({ ...workspaceList(projectId ?? ""), enabled: !!projectId });
  const { data: conversations = [] } = useQuery(conversationList);
  const { palette: words, frame } = texts;
  const found: Command[] = [{ id: "home", kind: words.room, label: frame.home, run: () => void navigate({ to: "/" }) }];
  found.push({ id: "review", kind: words.room, label: frame.review, run: () => void navigate({ to: "/review" }) });
  found.push({ id: "settings", kind: words.room, label: frame.settings, run: () => void navigate({ to: "/settings" }) });
  if (projectId) {
    for (const room of PROJECT_ROOMS) {
      found.push({ id: room.to, kind: words.room, label: room.label, run: () => void navigate({ to: room.to, params: { projectId } }) });
    }
    for (const one of workspaces) {
      const params = { projectId, workspaceId: one.id };
      const to = "/projects/$projectId/workspaces/$workspaceId";
      found.push({ id: one.id, kind: words.workspace, label: one.name, run: () => void navigate({ to, params }) });
    }
    found.push({ id: "log", kind: words.command, label: frame.log, run: onToggleLog });
  }
  for (const one of projects) {
    const run = () => void navigate({ to: "/projects/$projectId", params: { projectId: one.id } });
    found.push({ id: one.id, kind: words.project, label: one.name, run });
  }
  for (const one of conversations) {
    const params = { projectId: one.project_id, conversationId: one.id };
    const to = "/projects/$projectId/conversations/$conversationId";
    const label = one.title ?? one.last_message_preview ?? words.conversation;
    found.push({ id: one.id, kind: words.conversation, label, run: () => void navigate({ to, params }) });
  }
  for (const one of THEMES) {
    found.push({ id: `theme-${one}`, kind: words.command, label: `${frame.theme}: ${frame.themes[one]}`, run: () => applyTheme(one) });
  }
  return found;
}
