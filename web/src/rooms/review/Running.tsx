import { useMutation } from "@tanstack/react-query";
import { useFolded } from "../../log/useFolded.ts";
import { Badge, type Tone } from "../../parts/Badge.tsx";
import { Button, Spinner } from "../../parts/Button.tsx";
import { Section } from "../../parts/Section.tsx";
import { Trouble } from "../../parts/States.tsx";
import { texts } from "../../texts.ts";
import { NOT_BEGUN, told, type LensProgress, type Progress } from "./progress.ts";
import { SEVERITY_TONES } from "./tones.ts";

const words = texts.review;
const TONES: Record<LensProgress["state"], Tone> = { works: "accent", done: "good", failed: "bad" };

/** A review while it runs, lens by lens; it goes on when nobody looks. `stream` is where its events are told. */
export function Running({ stream, onEnd, onStop }: { stream: string; onEnd: () => void; onStop: () => Promise<unknown> }) {
  const progress = useFolded(stream, NOT_BEGUN, told, { onEnd });
  const stopping = useMutation({ mutationFn: onStop });
  return (
    <Section
      title={words.running}
      actions={!progress.ended && <Button data-stop busy={stopping.isPending} onClick={() => stopping.mutate()}>{words.stop}</Button>}
    >
      {stopping.error && <Trouble error={stopping.error} />}
      <p role="status" className="row px-3 pt-2.5 text-soft">
        {!progress.ended && <Spinner />}
        {words.step[progress.step]} {progress.files > 0 && words.reading(progress.files, progress.skipped)}
      </p>
      {progress.error && <p role="alert" className="m-3 rounded-md bg-bad-soft px-3 py-2 text-bad">{progress.error.message}</p>}
      <ul className="px-3 py-2">
        {progress.lenses.map((one) => <LensRow key={one.agent} lens={one} />)}
      </ul>
      <Previews progress={progress} />
    </Section>
  );
}

function LensRow({ lens }: { lens: LensProgress }) {
  return (
    <li data-lens={lens.lens} className="py-1.5">
      <p className="row flex-wrap">
        <Badge tone={TONES[lens.state]}>{words.lensState[lens.state]}</Badge>
        <span className="font-medium">{words.lens[lens.lens]}</span>
        <span className="text-xs text-soft">{words.findings(lens.found)}</span>
      </p>
      {lens.total > 0 && (
        <progress className="mt-1 h-1.5 w-full accent-(--accent)" max={lens.total} value={lens.state === "works" ? lens.read : lens.total} aria-label={words.lens[lens.lens]} />
      )}
      <p className="truncate text-xs text-soft" dir="auto">{lens.thought || lens.file}</p>
    </li>
  );
}

function Previews({ progress }: { progress: Progress }) {
  if (progress.previews.length === 0) return null;
  return (
    <div className="border-t border-line px-3 py-2">
      <h3 className="text-xs font-semibold text-soft">{words.candidates}</h3>
      <ul className="max-h-60 overflow-y-auto">
        {progress.previews.map((one, index) => (
          <li key={index} className="row py-0.5">
            <Badge tone={SEVERITY_TONES[one.severity]}>{words.severity[one.severity]}</Badge>
            <span className="min-w-0 flex-1 truncate" dir="auto">{one.title}</span>
            <code className="max-w-[40%] truncate text-soft" dir="ltr">{one.file}{one.line_start ? `:${one.line_start}` : ""}</code>
          </li>
        ))}
      </ul>
    </div>
  );
}
