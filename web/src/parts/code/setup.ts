// What all views of texts have in common: how they look, what is searched, how changes are told and gone through.
import "./sheets.ts";
import { standardKeymap, history, historyKeymap, selectAll } from "@codemirror/commands";
import { goToNextChunk, goToPreviousChunk } from "@codemirror/merge";
import { search, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView, highlightSpecialChars, keymap, lineNumbers } from "@codemirror/view";
import { texts } from "../../texts.ts";
import { breakOf } from "./breaks.ts";

const CHANGES = [
  { key: "F7", run: goToNextChunk, preventDefault: true },
  { key: "Shift-F7", run: goToPreviousChunk, preventDefault: true },
];

/** Show the unchanged lines that are folded away where one looks: the key for a click on them. */
function unfold(view: EditorView): boolean {
  const folded = () => view.dom.querySelectorAll<HTMLElement>(".cm-collapsedLines");
  const count = folded().length;
  for (let left = count; left > 0; left--) folded()[0]?.click();
  return count > 0;
}

const look = EditorView.theme({
  "&": { maxHeight: "inherit", height: "inherit", backgroundColor: "transparent" },
  "&.cm-focused": { outline: "2px solid var(--accent)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "inherit", lineHeight: "inherit", overflow: "auto" },
  ".cm-content": { outline: "none", caretColor: "var(--ink)", padding: "0.25rem 0" },
  ".cm-gutters": { backgroundColor: "var(--raised)", color: "var(--ink-faint)", border: "none" },
  ".cm-lineNumbers .cm-gutterElement": { minWidth: "2.5rem", paddingRight: "0.5rem" },
  ".cm-panels": { backgroundColor: "var(--sunken)", color: "var(--ink)", borderColor: "var(--line)" },
  ".cm-panel.cm-search": { fontFamily: "var(--default-font-family, sans-serif)", padding: "0.375rem 1.5rem 0.375rem 0.5rem" },
  ".cm-panel.cm-search label": { fontSize: "0.75rem" },
  ".cm-panel.cm-search [name=close]": { color: "var(--ink-soft)" },
  ".cm-textfield": { backgroundColor: "var(--paper)", borderColor: "var(--line-strong)", borderRadius: "0.25rem", fontSize: "0.75rem" },
  ".cm-button": { backgroundImage: "none", backgroundColor: "var(--raised)", borderColor: "var(--line-strong)", borderRadius: "0.25rem", fontSize: "0.75rem" },
  ".cm-searchMatch": { backgroundColor: "var(--warn-soft)", outline: "1px solid var(--warn)" },
  ".cm-searchMatch-selected": { backgroundColor: "var(--accent-soft)", outlineColor: "var(--accent)" },
  ".cm-changedLine, &.cm-merge-b .cm-changedLine": { backgroundColor: "var(--good-soft)" },
  "&.cm-merge-a .cm-changedLine, .cm-deletedChunk": { backgroundColor: "var(--bad-soft)", paddingLeft: "6px" },
  ".cm-changedText, &.cm-merge-b .cm-changedText": { background: "none", textDecoration: "underline var(--good) 2px" },
  "&.cm-merge-a .cm-changedText, .cm-deletedChunk .cm-deletedText": { background: "none", textDecoration: "underline var(--bad) 2px" },
  ".cm-deletedLine, .cm-deletedLine del": { textDecoration: "none" },
  ".cm-changedLineGutter, &.cm-merge-b .cm-changedLineGutter": { backgroundColor: "var(--good)" },
  ".cm-deletedLineGutter, &.cm-merge-a .cm-changedLineGutter": { backgroundColor: "var(--bad)" },
  ".cm-collapsedLines": { background: "var(--sunken)", color: "var(--ink-soft)" },
  ".cm-collapsedLines:before, .cm-collapsedLines:after": { content: '"⋮"' },
  ".cm-row-added": { backgroundColor: "var(--good-soft)" },
  ".cm-row-removed": { backgroundColor: "var(--bad-soft)" },
  ".cm-row-hunk": { backgroundColor: "var(--sunken)", color: "var(--ink-faint)" },
});

function common(label: string, lineBreak: string): Extension[] {
  return [
    look,
    EditorState.lineSeparator.of(lineBreak),
    EditorState.phrases.of(texts.code.phrases),
    highlightSpecialChars(),
    search({ top: true }),
    EditorView.contentAttributes.of({ "aria-label": label, dir: "ltr" }),
  ];
}

/** A text that is read: Tab goes through it as through any region, arrows scroll, Ctrl-F searches all of it, F7 goes to what differs, Enter unfolds. */
export function reading(label: string, lineBreak = "\n"): Extension[] {
  return [
    ...common(label, lineBreak),
    EditorState.readOnly.of(true),
    EditorView.editable.of(false),
    EditorView.contentAttributes.of({ tabindex: "0" }),
    keymap.of([{ key: "Mod-a", run: selectAll }, { key: "Enter", run: unfold }, ...searchKeymap, ...CHANGES]),
  ];
}

/** A text that is written. Tab leaves it. */
export function writing(label: string, text: string): Extension[] {
  return [...common(label, breakOf(text)), lineNumbers(), history(), keymap.of([...CHANGES, ...searchKeymap, ...historyKeymap, ...standardKeymap])];
}
