// Sizes of views of texts, and what is folded away.

export const CODE = "min-w-0 overflow-hidden font-mono text-xs leading-5";

export const HEIGHTS = {
  page: "h-[calc(100dvh-16.5rem)] min-h-60",
  part: "max-h-[70vh]",
  short: "max-h-72",
} as const;
export type Height = keyof typeof HEIGHTS;

export const FOLDED = { margin: 3, minSize: 6 }; // lines left around a change, and the fewest that are folded
