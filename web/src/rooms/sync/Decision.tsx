import { useQuery } from "@tanstack/react-query";
import { useState, type RefObject } from "react";
import type { Shapes } from "../../api/client.ts";
import { Badge } from "../../parts/Badge.tsx";
import { Button } from "../../parts/Button.tsx";
import { Reader, Writer } from "../../parts/Code.tsx";
import { Loaded } from "../../parts/States.tsx";
import { texts } from "../../texts.ts";
import { ContentView } from "../workspace/FileView.tsx";
import { blobOf } from "../workspace/queries.ts";

const words = texts.sync;

interface Props {
  head: RefObject<HTMLDivElement | null>; // what has the focus when this decision comes
  decision: Shapes["NeededDecision"];
  chosen: string | undefined;
  text: string | undefined;
  onChoose: (option: string) => void;
  onWrite: (text: string) => void;
}

/** One file that both sides changed: base, mine and main beside each other, and what is to come of it. */
export function Decision({ head, decision, chosen, text, onChoose, onWrite }: Props) {
  const start = decision.options.find((one) => one.id === (decision.recommended_option_id ?? chosen)) ?? decision.options[0];
  const [draft, setDraft] = useState(text ?? start?.resulting_content ?? "");
  const columns = [
    [words.base, decision.base_hash],
    [words.mine, decision.workspace_hash],
    [words.main, decision.main_hash],
  ] as const;
  const pick = (option: Shapes["DecisionOption"]) => {
    setDraft(option.resulting_content);
    onChoose(option.id);
  };
  return (
    <div>
      <div ref={head} tabIndex={-1} className="-outline-offset-2 space-y-1 px-3 py-2">
        <p className="row">
          <span className="min-w-0 truncate font-mono text-xs font-medium" dir="ltr" title={decision.path}>{decision.path}</span>
          <Badge tone="warn">{decision.kind.replace("_", " / ")}</Badge>
        </p>
        <p className="text-[0.8125rem] break-words" dir="auto">{decision.conflict_reason}</p>
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-2 text-xs text-soft">
          <dt className="font-medium">{words.main}</dt>
          <dd className="break-words" dir="auto">{decision.main_intent}</dd>
          <dt className="font-medium">{words.mine}</dt>
          <dd className="break-words" dir="auto">{decision.workspace_intent}</dd>
        </dl>
      </div>
      <div className="grid border-y border-line md:grid-cols-3">
        {columns.map(([title, hash]) => (
          <div key={title} className="min-w-0 border-line max-md:border-b md:border-e md:last:border-e-0">
            <p className="border-b border-line bg-sunken px-3 py-1 text-2xs font-medium text-soft">{title}</p>
            {hash ? <Side hash={hash} base={decision.base_hash} path={decision.path} label={`${title}: ${decision.path}`} /> : <p className="px-3 py-3 text-soft">{words.absent}</p>}
          </div>
        ))}
      </div>
      <div className="space-y-2 px-3 py-3">
        <div className="row flex-wrap" role="group" aria-label={words.options}>
          {decision.options.map((option) => (
            <Button key={option.id} data-option={option.id} aria-pressed={chosen === option.id} look={chosen === option.id ? "primary" : "plain"} title={option.description} onClick={() => pick(option)}>
              {option.label}
              {option.id === decision.recommended_option_id && <span className="text-2xs opacity-80">· {words.recommended}</span>}
            </Button>
          ))}
        </div>
        {decision.allows_custom_content && (
          <div>
            <p className="row mb-1 text-xs text-soft">
              {words.result}
              {chosen === "custom" && <Badge tone="accent">{words.edited}</Badge>}
            </p>
            <Writer label={`${words.result}: ${decision.path}`} text={draft} onChange={(next) => (setDraft(next), onWrite(next))} />
          </div>
        )}
      </div>
    </div>
  );
}

/** What one side has; what differs from the base is marked. */
function Side({ hash, base, path, label }: { hash: string; base: string | null | undefined; path: string; label: string }) {
  const query = useQuery(blobOf(hash, path));
  const { data: old } = useQuery({ ...blobOf(base ?? "", path), enabled: !!base && base !== hash });
  return (
    <Loaded query={query}>
      {(content) =>
        content.kind === "text" && old?.kind === "text" ? (
          <Reader text={content.text} against={old.text} height="short" label={label} />
        ) : (
          <ContentView content={content} path={label} short />
        )
      }
    </Loaded>
  );
}
