import { EditorState, RangeSetBuilder } from "@codemirror/state";
import { Decoration, EditorView, gutter, GutterMarker } from "@codemirror/view";
import { texts } from "../../texts.ts";
import { rowsOf, sketchOf, type Line, type Row } from "../diff.ts";
import { CODE, HEIGHTS } from "./looks.ts";
import { reading } from "./setup.ts";
import { useView } from "./useView.ts";

const SIGN = { same: " ", added: "+", removed: "-" } as const;

interface Props {
  text: string;
  sketch?: boolean; // signed lines without places, as proposals have them
  label: string;
}

/** A difference that came as text, with the signs and the numbers that lines have in either file. */
export function Patch({ text, sketch = false, label }: Props) {
  const rows = sketch ? sketchOf(text) : rowsOf(text);
  const place = useView(
    (parent) => {
      const doc = rows.map((row) => (row.kind === "hunk" ? row.text : SIGN[row.line.kind] + row.line.text)).join("\n");
      const extensions = [reading(label), tones(doc, rows), ...(sketch ? [] : [column(rows, (row) => row.old), column(rows, (row) => row.new)])];
      return new EditorView({ parent, state: EditorState.create({ doc, extensions }) });
    },
    [text, sketch, label],
  );
  if (rows.length === 0) return <p className="px-3 py-3 text-soft">{texts.diff.nothing}</p>;
  return <div ref={place} dir="ltr" className={`${CODE} ${HEIGHTS.part}`} />;
}

function tones(doc: string, rows: readonly Row[]) {
  const made = new RangeSetBuilder<Decoration>();
  let at = 0;
  for (const row of rows) {
    const tone = row.kind === "hunk" ? "hunk" : row.line.kind;
    if (tone !== "same") made.add(at, at, Decoration.line({ class: `cm-row-${tone}` }));
    at = doc.indexOf("\n", at) + 1;
  }
  return EditorView.decorations.of(made.finish());
}

class Mark extends GutterMarker {
  readonly text: string;
  constructor(text: string) {
    super();
    this.text = text;
  }
  override eq(other: Mark) {
    return other.text === this.text;
  }
  override toDOM() {
    return document.createTextNode(this.text);
  }
}

function column(rows: readonly Row[], shown: (line: Line) => number | undefined) {
  return gutter({
    class: "cm-lineNumbers",
    lineMarker: (view, line) => {
      const row = rows[view.state.doc.lineAt(line.from).number - 1];
      return row?.kind === "line" ? new Mark(String(shown(row.line) ?? "")) : null;
    },
  });
}
