// Sizes of views of texts, and how much is told of what differs.

export const CODE = "min-w-0 overflow-hidden font-mono text-xs leading-5";

export const HEIGHTS = {
  page: "h-[calc(100dvh-16.5rem)] min-h-60",
  part: "max-h-[70vh]",
  short: "max-h-72",
} as const;
export type Height = keyof typeof HEIGHTS;

export const DIFFERING = { collapseUnchanged: { margin: 3, minSize: 6 }, diffConfig: { scanLimit: 500, timeout: 500 } };
