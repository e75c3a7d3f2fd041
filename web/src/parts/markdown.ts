// The part of Markdown (CommonMark) that notes and answers use, read into blocks and spans. What is not understood
// stays text, and every pass is linear in the length of the text.

export type Block =
  | { kind: "paragraph" | "quote" | "code"; text: string }
  | { kind: "heading"; level: number; text: string }
  | { kind: "list"; ordered: boolean; items: { depth: number; text: string }[] }
  | { kind: "table"; rows: string[][] }
  | { kind: "rule" };

export type Span = { kind: "text" | "code" | "strong" | "em"; text: string } | { kind: "link"; text: string; href: string };

const FENCE = /^ {0,3}(```+|~~~+)/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)\s*#*$/;
const ITEM = /^(\s*)(?:([-*+])|(\d{1,9})[.)])\s+(.*)$/;
const RULE = /^ {0,3}(?:-\s*){3,}$|^ {0,3}(?:\*\s*){3,}$/;

export function blocksOf(text: string): Block[] {
  const lines = text.replace(/\r\n?/g, "\n").split("\n");
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] ?? "";
    const fence = FENCE.exec(line)?.[1];
    const heading = HEADING.exec(line);
    if (fence) {
      const end = lines.findIndex((one, index) => index > at && one.trimStart().startsWith(fence));
      const stop = end < 0 ? lines.length : end;
      blocks.push({ kind: "code", text: lines.slice(at + 1, stop).join("\n") });
      at = stop + 1;
    } else if (heading) {
      blocks.push({ kind: "heading", level: heading[1]?.length ?? 1, text: heading[2] ?? "" });
      at += 1;
    } else if (RULE.test(line)) {
      blocks.push({ kind: "rule" });
      at += 1;
    } else if (line.trim() === "") {
      at += 1;
    } else {
      at = several(lines, at, blocks);
    }
  }
  return blocks;
}

/** Read a block of several lines that begins at `at`; return where the next one begins. */
function several(lines: readonly string[], at: number, blocks: Block[]): number {
  const first = lines[at] ?? "";
  const test = ITEM.test(first) ? isItem : first.startsWith(">") ? isQuote : first.startsWith("|") ? isRow : isProse;
  let end = at + 1;
  while (end < lines.length && test(lines[end] ?? "")) end += 1;
  const block = lines.slice(at, end);
  if (test === isItem) blocks.push(listOf(block));
  else if (test === isQuote) blocks.push({ kind: "quote", text: block.map((line) => line.replace(/^>\s?/, "")).join("\n") });
  else if (test === isRow) blocks.push({ kind: "table", rows: block.filter((line) => !/^[|\s:-]+$/.test(line)).map(cellsOf) });
  else blocks.push({ kind: "paragraph", text: block.join("\n") });
  return end;
}

const isItem = (line: string) => ITEM.test(line) || /^\s{2,}\S/.test(line);
const isQuote = (line: string) => line.startsWith(">");
const isRow = (line: string) => line.startsWith("|");
const isProse = (line: string) =>
  line.trim() !== "" && ![FENCE, HEADING, ITEM, RULE].some((form) => form.test(line)) && !isQuote(line) && !isRow(line);

function listOf(lines: readonly string[]): Block {
  const items: { depth: number; text: string }[] = [];
  for (const line of lines) {
    const found = ITEM.exec(line);
    const last = items.at(-1);
    if (found) items.push({ depth: Math.min(4, Math.floor((found[1]?.length ?? 0) / 2)), text: found[4] ?? "" });
    else if (last) last.text += ` ${line.trim()}`;
  }
  return { kind: "list", ordered: /^\s*\d/.test(lines[0] ?? ""), items };
}

function cellsOf(line: string): string[] {
  return line.replace(/^\|/, "").replace(/\|\s*$/, "").split("|").map((cell) => cell.trim());
}

const SPAN = /`([^`\n]+)`|\*\*([^*\n]+)\*\*|\*([^*\s][^*\n]*)\*|\[([^\]\n]{1,500})\]\(([^)\s]{1,2000})\)|(https?:\/\/[^\s<>)"']+)/g;

export function spansOf(text: string): Span[] {
  const spans: Span[] = [];
  let from = 0;
  for (const found of text.matchAll(SPAN)) {
    if (found.index > from) spans.push({ kind: "text", text: text.slice(from, found.index) });
    const [whole, code, strong, em, label, href, bare] = found;
    if (code !== undefined) spans.push({ kind: "code", text: code });
    else if (strong !== undefined) spans.push({ kind: "strong", text: strong });
    else if (em !== undefined) spans.push({ kind: "em", text: em });
    else spans.push(linkOf(label ?? bare ?? whole, href ?? bare ?? ""));
    from = found.index + whole.length;
  }
  if (from < text.length) spans.push({ kind: "text", text: text.slice(from) });
  return spans;
}

/** A link only to the web: other schemes, and places of this console, stay text. */
function linkOf(text: string, href: string): Span {
  return /^https?:\/\//i.test(href) ? { kind: "link", text, href } : { kind: "text", text };
}
