// Markdown as people write it in notes and answers, shown as elements; no HTML of others is ever let in.
import { Fragment, type ReactNode } from "react";
import { blocksOf, spansOf, type Block } from "./markdown.ts";

export function Prose({ text }: { text: string }) {
  return (
    <div className="space-y-2.5 leading-relaxed break-words" dir="auto">
      {blocksOf(text).map((block, index) => (
        <BlockView key={index} block={block} />
      ))}
    </div>
  );
}

const HEADS = ["text-lg font-semibold", "text-base font-semibold", "font-semibold", "font-medium"];

function BlockView({ block }: { block: Block }) {
  switch (block.kind) {
    case "code":
      return (
        <pre tabIndex={0} className="overflow-x-auto rounded-md border border-line bg-sunken p-2.5 leading-snug" dir="ltr">
          <code>{block.text}</code>
        </pre>
      );
    case "heading":
      return (
        <p role="heading" aria-level={Math.min(6, block.level + 2)} className={HEADS[Math.min(block.level, HEADS.length) - 1]}>
          <Spans text={block.text} />
        </p>
      );
    case "list": {
      const List = block.ordered ? "ol" : "ul";
      return (
        <List className={`space-y-1 ps-5 ${block.ordered ? "list-decimal" : "list-disc"}`}>
          {block.items.map((item, index) => (
            <li key={index} style={{ marginInlineStart: `${item.depth}rem` }}>
              <Spans text={item.text} />
            </li>
          ))}
        </List>
      );
    }
    case "quote":
      return (
        <blockquote className="border-s-2 border-line-strong ps-3 text-soft">
          <Spans text={block.text} />
        </blockquote>
      );
    case "rule":
      return <hr className="border-line" />;
    case "table":
      return (
        <div className="overflow-x-auto" tabIndex={0} role="group">
          <table className="text-[0.8125rem]">
            <tbody>
              {block.rows.map((row, index) => (
                <tr key={index} className={index === 0 ? "font-medium" : ""}>
                  {row.map((cell, at) => (
                    <td key={at} className="border border-line px-2 py-1 align-top">
                      <Spans text={cell} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      );
    default:
      return (
        <p>
          <Spans text={block.text} />
        </p>
      );
  }
}

function Spans({ text }: { text: string }): ReactNode {
  return spansOf(text).map((span, index) => {
    if (span.kind === "code") return <code key={index} className="rounded bg-hover px-1">{span.text}</code>;
    if (span.kind === "strong") return <strong key={index} className="font-semibold">{span.text}</strong>;
    if (span.kind === "em") return <em key={index}>{span.text}</em>;
    if (span.kind === "link") {
      return (
        <a key={index} href={span.href} target="_blank" rel="noreferrer noopener" className="text-accent underline">
          {span.text}
        </a>
      );
    }
    return <Fragment key={index}>{span.text}</Fragment>;
  });
}
