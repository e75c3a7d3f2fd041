import { texts } from "../texts.ts";

const STEPS: [limit: number, seconds: number, unit: Intl.RelativeTimeFormatUnit][] = [
  [3600, 60, "minute"],
  [86_400, 3600, "hour"],
  [86_400 * 7, 86_400, "day"],
  [86_400 * 60, 86_400 * 7, "week"],
  [86_400 * 365, 86_400 * 30, "month"],
];
const words = new Intl.RelativeTimeFormat(texts.language, { numeric: "always", style: "narrow" });
const whole = new Intl.DateTimeFormat(texts.language, { dateStyle: "full", timeStyle: "long" });

/** Return a stamp as people say it, seen from `now` (milliseconds). */
export function relative(at: string, now: number): string {
  const seconds = (Date.parse(at) - now) / 1000;
  if (Math.abs(seconds) < 45) return texts.time.now;
  const [, size, unit] = STEPS.find(([limit]) => Math.abs(seconds) < limit) ?? [0, 86_400 * 365, "year" as const];
  return words.format(Math.round(seconds / size), unit);
}

/** Return a stamp as date and time of this place. */
export function exact(at: string): string {
  return whole.format(new Date(at));
}

/** Return a length of time in seconds or minutes. */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  return seconds < 90 ? `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
