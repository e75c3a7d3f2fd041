import type { Shapes } from "../../api/client.ts";
import type { Tone } from "../../parts/Badge.tsx";

export const SEVERITY_TONES: Record<Shapes["Severity"], Tone> = { blocker: "bad", high: "bad", medium: "warn", low: "plain", nit: "plain" };
