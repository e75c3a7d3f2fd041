import { useLogEntries } from "../log/useProjectLog.ts";
import { Button } from "../parts/Button.tsx";
import { Empty, Loaded } from "../parts/States.tsx";
import { Time } from "../parts/Time.tsx";
import { texts } from "../texts.ts";

/** What happens in the project, newest first, as it happens. */
export function LogPanel({ projectId, onClose }: { projectId: string; onClose: () => void }) {
  const query = useLogEntries(projectId);
  return (
    <aside
      aria-label={texts.frame.log}
      className="absolute inset-y-0 end-0 z-20 flex w-80 max-w-full flex-col border-s border-line bg-paper shadow-lg xl:static xl:shadow-none"
    >
      <div className="row justify-between border-b border-line px-3 py-1.5">
        <h2 className="text-[0.8125rem] font-semibold">{texts.frame.log}</h2>
        <Button look="quiet" onClick={onClose} aria-label={texts.frame.hideLog}>
          ✕
        </Button>
      </div>
      <Loaded query={query}>
        {({ entries }) =>
          entries.length === 0 ? (
            <Empty title={texts.frame.emptyLog} />
          ) : (
            <div role="log" aria-label={texts.frame.log} tabIndex={0} className="min-h-0 flex-1 overflow-y-auto">
              <ol>
              {entries.toReversed().map((entry) => (
                <li key={entry.seq} className="border-b border-line px-3 py-2 text-[0.8125rem]">
                  <p className="break-words" dir="auto">{entry.title}</p>
                  <p className="row mt-0.5 justify-between text-2xs text-faint">
                    <span className="truncate font-mono">{entry.kind}</span>
                    <Time at={entry.at} />
                  </p>
                </li>
              ))}
              </ol>
            </div>
          )
        }
      </Loaded>
    </aside>
  );
}
