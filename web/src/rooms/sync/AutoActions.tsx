import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Shapes } from "../../api/client.ts";
import { Badge } from "../../parts/Badge.tsx";
import { Button } from "../../parts/Button.tsx";
import { Writer } from "../../parts/Code.tsx";
import { Section } from "../../parts/Section.tsx";
import { Loaded } from "../../parts/States.tsx";
import { texts } from "../../texts.ts";
import { ContentView } from "../workspace/FileView.tsx";
import { blobOf } from "../workspace/queries.ts";

const words = texts.sync;
const PAGE = 100;
type Action = Shapes["AutoAction"];

/** What a sync does by itself; each can be opened. */
export function AutoActions({ actions, own, onOwn }: { actions: readonly Action[]; own: Readonly<Record<string, string>>; onOwn: (path: string, text: string) => void }) {
  const [shown, setShown] = useState(PAGE);
  return (
    <Section title={words.byItself} actions={<Badge>{actions.length}</Badge>}>
      {actions.length === 0 && <p className="px-3 py-3 text-soft">{texts.none}</p>}
      <ul>
        {actions.slice(0, shown).map((one) => (
          <ActionRow key={one.path} action={one} own={own[one.path]} onOwn={(text) => onOwn(one.path, text)} />
        ))}
      </ul>
      {actions.length > shown && (
        <div className="p-2 text-center">
          <Button onClick={() => setShown(shown + PAGE)}>{texts.more}</Button>
        </div>
      )}
    </Section>
  );
}

function ActionRow({ action, own, onOwn }: { action: Action; own: string | undefined; onOwn: (text: string) => void }) {
  const [open, setOpen] = useState(false);
  return (
    <li className="border-b border-line last:border-0">
      <button type="button" aria-expanded={open} onClick={() => setOpen(!open)} className="flex w-full flex-wrap items-center gap-x-2 gap-y-1 px-3 py-2 text-start hover:bg-hover">
        <span aria-hidden="true" className="text-2xs text-faint">{open ? "▾" : "▸"}</span>
        <span className="min-w-0 flex-1 basis-40 truncate font-mono text-xs" dir="ltr" title={action.path}>{action.path}</span>
        {own !== undefined && <Badge tone="accent">{words.edited}</Badge>}
        {action.merge_method && <Badge tone="accent" title={(action.proof ?? []).join("\n")}>{words.method[action.merge_method]}</Badge>}
        <Badge tone={action.action === "delete" ? "bad" : "plain"}>{words.action[action.action]}</Badge>
      </button>
      {open && (
        <div className="border-t border-line">
          <p className="px-3 py-2 text-xs break-words text-soft" dir="auto">{action.description}</p>
          {action.combined_content !== undefined ? (
            <Writer label={`${words.result}: ${action.path}`} text={own ?? action.combined_content} onChange={onOwn} />
          ) : (
            action.resulting_hash && <Result hash={action.resulting_hash} path={action.path} />
          )}
        </div>
      )}
    </li>
  );
}

function Result({ hash, path }: { hash: string; path: string }) {
  const query = useQuery(blobOf(hash, path));
  return <Loaded query={query}>{(content) => <ContentView content={content} path={path} short />}</Loaded>;
}
