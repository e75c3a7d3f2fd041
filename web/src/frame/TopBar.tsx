import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { texts } from "../texts.ts";
import { Account } from "./Account.tsx";
import { Breadcrumb } from "./Breadcrumb.tsx";
import { conversationList } from "./queries.ts";

interface Props {
  projectId: string | undefined;
  menuOpen: boolean;
  logOpen: boolean;
  onMenu: () => void;
  onPalette: () => void;
  onLog: () => void;
}

export const LOG_BUTTON = "log-button"; // what has the focus when the log is closed
const ICON = "grid size-8 shrink-0 place-items-center rounded-md text-soft hover:bg-hover hover:text-ink";

export function TopBar({ projectId, menuOpen, logOpen, onMenu, onPalette, onLog }: Props) {
  return (
    <header className="row col-start-1 row-start-1 h-12 border-b border-line bg-paper px-2 md:col-start-2 md:px-4">
      <button type="button" className={`${ICON} md:hidden`} aria-label={texts.frame.menu} aria-expanded={menuOpen} onClick={onMenu}>
        ☰
      </button>
      <Breadcrumb />
      <div className="row ms-auto shrink-0">
        <Running />
        <button
          type="button"
          onClick={onPalette}
          className="row h-8 rounded-md border border-line bg-raised px-2.5 text-[0.8125rem] text-soft hover:border-line-strong"
        >
          <span className="max-sm:sr-only">{texts.frame.jump}</span>
          <kbd className="font-sans text-2xs text-faint">Ctrl K</kbd>
        </button>
        {projectId && (
          <button
            type="button"
            className={`${ICON} ${logOpen ? "bg-hover" : ""}`}
            id={LOG_BUTTON}
            aria-pressed={logOpen}
            title={logOpen ? texts.frame.hideLog : texts.frame.showLog}
            aria-label={texts.frame.log}
            onClick={onLog}
          >
            ≡
          </button>
        )}
        <Account />
      </div>
    </header>
  );
}

function Running() {
  const { data = [] } = useQuery(conversationList);
  const [first, ...others] = data.filter((one) => one.state !== "idle");
  if (!first) return null;
  return (
    <Link
      to="/projects/$projectId/conversations/$conversationId"
      params={{ projectId: first.project_id, conversationId: first.id }}
      className="row h-8 rounded-md px-2 text-xs text-soft hover:bg-hover"
      title={first.title ?? undefined}
      aria-label={texts.frame.running(others.length + 1)}
    >
      <span aria-hidden="true" className={`size-2 rounded-full ${first.state === "waiting" ? "bg-warn" : "animate-pulse bg-good"}`} />
      <span className="hidden lg:inline">{texts.frame.running(others.length + 1)}</span>
    </Link>
  );
}
