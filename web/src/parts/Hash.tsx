import { useState } from "react";
import { texts } from "../texts.ts";

/** A hash or id: shown short, copied whole. */
export function Hash({ value, length = 8 }: { value: string; length?: number }) {
  const [copied, setCopied] = useState(false);
  const shown = value.replace(/^sha256:/, "").slice(0, length);
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
