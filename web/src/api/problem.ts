import { texts } from "../texts.ts";

interface Envelope {
  error?: { code?: string; message?: string; hint?: string; details?: { request_id?: string } & Record<string, unknown> };
}

/** What went wrong, as the server words it: `message`, what to do (`hint`), and the request to name when asking. */
export class Problem extends Error {
  readonly status: number; // 0: the server was not reached
  readonly code: string;
  readonly hint: string | undefined;
  readonly requestId: string | undefined;
  readonly details: Record<string, unknown>;

  constructor(status: number, body: unknown, requestId?: string | null) {
    const error = (body as Envelope | undefined)?.error ?? {};
    super(error.message ?? (status === 0 ? texts.problem.unreachable : texts.problem.unknown));
    this.status = status;
    this.code = error.code ?? "";
    this.hint = error.hint;
    this.details = error.details ?? {};
    this.requestId = error.details?.request_id ?? requestId ?? undefined;
  }

  static of(error: unknown): Problem {
    if (error instanceof Problem) return error;
    return new Problem(0, { error: { message: error instanceof Error ? error.message : String(error) } });
  }
}
