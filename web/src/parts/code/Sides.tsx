import { MergeView } from "@codemirror/merge";
import { EditorView, lineNumbers } from "@codemirror/view";
import { texts } from "../../texts.ts";
import { breakOf } from "./breaks.ts";
import { changesOf } from "./changes.ts";
import { CODE, FOLDED } from "./looks.ts";
import { reading } from "./setup.ts";
import { useView } from "./useView.ts";

/** Two texts beside each other; what differs stands at the same height. */
export function Sides({ old, now, label }: { old: string; now: string; label: string }) {
  const place = useView(
    (parent) => {
      const lineBreak = breakOf(old, now);
      const side = (doc: string, name: string) => ({ doc, extensions: [reading(`${name}: ${label}`, lineBreak), lineNumbers(), EditorView.lineWrapping] });
      return new MergeView({ parent, a: side(old, texts.code.old), b: side(now, texts.code.now), collapseUnchanged: FOLDED, diffConfig: { override: changesOf } });
    },
    [old, now, label],
  );
  return <div ref={place} dir="ltr" className={`${CODE} max-h-[70vh] overflow-y-auto`} />;
}
