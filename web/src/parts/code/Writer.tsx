import { EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { useEffect, useRef } from "react";
import { CODE } from "./looks.ts";
import { writing } from "./setup.ts";
import { useView } from "./useView.ts";

interface Props {
  text: string;
  onChange: (text: string) => void; // what somebody wrote, with the ends of lines that the text has
  label: string;
}

/** A text that is written. */
export function Writer({ text, onChange, label }: Props) {
  const view = useRef<EditorView>(null);
  const heard = useRef(onChange);
  heard.current = onChange;
  const said = useRef(text); // what the view holds, as far as both sides know
  const told = EditorView.updateListener.of(({ docChanged, state }) => {
    if (docChanged) heard.current((said.current = state.sliceDoc()));
  });
  const stateOf = (doc: string) => EditorState.create({ doc, extensions: [writing(label, doc), told] });
  const place = useView(
    (parent) => {
      said.current = text;
      view.current = new EditorView({ parent, state: stateOf(text) });
      return view.current;
    },
    [label],
  );
  useEffect(() => {
    if (!view.current || text === said.current) return;
    said.current = text;
    view.current.setState(stateOf(text));
  }, [text]);
  return <div ref={place} dir="ltr" className={`${CODE} max-h-[28rem] rounded-md border border-line-strong bg-raised`} />;
}
