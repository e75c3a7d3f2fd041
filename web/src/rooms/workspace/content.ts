// What the bytes of a file are to a reader: text, a picture, or neither.

const PICTURES: Record<string, string> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  avif: "image/avif",
  ico: "image/x-icon",
  svg: "image/svg+xml",
};
export const LARGEST_TEXT = 8 << 20; // bytes that are shown

export type Content =
  | { kind: "text"; text: string; size: number }
  | { kind: "picture"; blob: Blob; size: number }
  | { kind: "binary"; size: number }
  | { kind: "large"; size: number };

export function pictureType(path: string): string | undefined {
  return PICTURES[path.slice(path.lastIndexOf(".") + 1).toLowerCase()];
}

export async function contentOf(path: string, blob: Blob): Promise<Content> {
  const size = blob.size;
  const picture = pictureType(path);
  if (picture) return { kind: "picture", blob: new Blob([blob], { type: picture }), size };
  if (size > LARGEST_TEXT) return { kind: "large", size };
  const text = textOf(new Uint8Array(await blob.arrayBuffer()));
  return text === undefined ? { kind: "binary", size } : { kind: "text", text, size };
}

/** Return bytes as text, undefined unless they are UTF-8 without NUL. */
export function textOf(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

export function sizeOf(bytes: number): string {
  const units = ["B", "KB", "MB", "GB"];
  let [value, at] = [bytes, 0];
  while (value >= 1000 && at < units.length - 1) [value, at] = [value / 1000, at + 1];
  return `${at === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[at]}`;
}
