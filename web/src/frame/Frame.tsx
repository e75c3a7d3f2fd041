import { Outlet, useParams, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useConnected } from "../api/connection.ts";
import { texts } from "../texts.ts";
import { LogPanel } from "./LogPanel.tsx";
import { Palette } from "./Palette.tsx";
import { CONTENT, Sidebar } from "./Sidebar.tsx";
import { LOG_BUTTON, TopBar } from "./TopBar.tsx";

const LOG_KEY = "asterism_log_open";

/** Left projects and rooms, on top where we are, right the project log when it is opened. */
export function Frame() {
  const { projectId } = useParams({ strict: false });
  const [menu, setMenu] = useState(false);
  const [palette, setPalette] = useState(false);
  const [log, setLog] = useState(() => localStorage.getItem(LOG_KEY) === "1" && innerWidth > 1200);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const shown = useRouterState({ select: (state) => state.resolvedLocation?.pathname });
  const before = useRef<string>(undefined);
  const main = useRef<HTMLElement>(null);

  useEffect(() => setMenu(false), [path]);
  useEffect(() => {
    if (before.current && document.activeElement === document.body) main.current?.focus(); // what had the focus went
    before.current = shown;
  }, [shown]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        setPalette((open) => !open);
      }
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  const toggleLog = () => {
    localStorage.setItem(LOG_KEY, log ? "0" : "1");
    setLog(!log);
  };
  const closeLog = () => {
    toggleLog();
    document.getElementById(LOG_BUTTON)?.focus();
  };

  return (
    <div className="grid h-dvh grid-cols-[minmax(0,1fr)] grid-rows-[auto_auto_minmax(0,1fr)] md:grid-cols-[14.5rem_minmax(0,1fr)]">
      <a
        href={`#${CONTENT}`}
        className="absolute start-2 -top-12 z-50 rounded bg-accent px-3 py-2 text-accent-ink focus:top-2"
        onClick={(event) => (event.preventDefault(), main.current?.focus())}
      >
        {texts.frame.skip}
      </a>
      <Sidebar open={menu} onClose={() => setMenu(false)} />
      <TopBar
        projectId={projectId}
        logOpen={log}
        onMenu={() => setMenu(!menu)}
        menuOpen={menu}
        onPalette={() => setPalette(true)}
        onLog={toggleLog}
      />
      <OfflineBanner />
      <div className="relative col-start-1 row-start-3 flex min-h-0 min-w-0 md:col-start-2">
        <main ref={main} id={CONTENT} tabIndex={-1} className="min-w-0 flex-1 overflow-auto outline-none">
          <Outlet />
        </main>
        {log && projectId && <LogPanel projectId={projectId} onClose={closeLog} />}
      </div>
      <Palette open={palette} onClose={() => setPalette(false)} onToggleLog={toggleLog} />
    </div>
  );
}

function OfflineBanner() {
  const up = useConnected();
  return (
    <div role="status" className="col-start-1 row-start-2 md:col-start-2">
      {!up && <p className="border-b border-line bg-warn-soft px-4 py-2 text-warn">{texts.offline}</p>}
    </div>
  );
}
