import { useState } from "react";
import { texts } from "../texts.ts";
import { shortOf } from "./short.ts";

/** A hash or id: shown short, copied whole. */
export function Hash({ value }: { value: string }) {
  const [copied, setCopied] = useState(false);
  const shown = shortOf(value);
  const copy = () => {
    void navigator.clipboard?.writeText(value).then(() => {
      setCopied(true);
      setTimeout(() => setCopied(false), 1500);
    });
  };
  return (
    <button
      type="button"
      onClick={copy}
      title={`${value}\n${texts.hash.copy}`}
      aria-label={`${texts.hash.copy}: ${shown}`}
      className="cursor-copy rounded px-1 font-mono text-xs text-soft hover:bg-hover hover:text-ink"
    >
      {copied ? texts.hash.copied : shown}
    </button>
  );
}
