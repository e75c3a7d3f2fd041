import { unifiedMergeView } from "@codemirror/merge";
import { EditorState, Text } from "@codemirror/state";
import { EditorView, lineNumbers } from "@codemirror/view";
import { breakOf } from "./breaks.ts";
import { reading } from "./setup.ts";
import { changesOf } from "./changes.ts";
import { CODE, FOLDED, type Height, HEIGHTS } from "./looks.ts";
import { useView } from "./useView.ts";

interface Props {
  text: string;
  against?: string; // an older text: what differs from it is marked, and what it had is shown above
  folded?: boolean; // long stretches that do not differ
  height: Height;
  label: string;
}

/** A text with the numbers of its lines. */
export function Reader({ text, against, folded = false, height, label }: Props) {
  const place = useView(
    (parent) => {
      const lineBreak = breakOf(text, ...(against === undefined ? [] : [against]));
      const extensions = [reading(label, lineBreak), lineNumbers()];
      if (against !== undefined) {
        const original = Text.of(against.split(lineBreak));
        extensions.push(unifiedMergeView({ original, mergeControls: false, collapseUnchanged: folded ? FOLDED : undefined, diffConfig: { override: changesOf } }));
      }
      return new EditorView({ parent, state: EditorState.create({ doc: text, extensions }) });
    },
    [text, against, folded, label],
  );
  return <div ref={place} dir="ltr" className={`${CODE} ${HEIGHTS[height]}`} />;
}
