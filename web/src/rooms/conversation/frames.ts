// What a conversation's stream tells (Fastest 8.7), made into what is shown. Frames may come twice; order is theirs.
import type { Shapes } from "../../api/client.ts";

export type Frame = Shapes["FrameList"]["events"][number];
export type Message = Shapes["ConversationMessage"];
export type Question = Pick<Shapes["AgentQuestion"], "id" | "questions">;

export interface ToolState {
  status: "pending" | "running" | "completed" | "error";
  input?: Record<string, unknown>;
  output?: string;
  error?: string;
  title?: string;
}

export interface Part {
  id: string;
  type: string;
  text?: string;
  tool?: string;
  state?: ToolState;
}

export interface Talk {
  seq: number; // of the last frame that was logged
  state: "idle" | "running" | "waiting";
  messages: Readonly<Record<string, Message>>; // what frames told of messages, newer than any list
  statuses: Readonly<Record<string, Message["status"]>>;
  parts: Readonly<Record<string, readonly Part[]>>;
  said: Readonly<Record<string, string>>; // text of turns that have no text part
  questions: readonly Question[];
  notices: readonly { bad: boolean; text: string }[];
  stale: number; // grows when lists have to be asked for anew
}

export const NOTHING_TOLD: Talk = {
  seq: 0,
  state: "idle",
  messages: {},
  statuses: {},
  parts: {},
  said: {},
  questions: [],
  notices: [],
  stale: 0,
};

export function told(talk: Talk, frame: Frame): Talk {
  const next = { ...talk, seq: Math.max(talk.seq, frame.seq ?? 0) };
  switch (frame.type) {
    case "ready":
      return { ...next, state: frame.state };
    case "message_start":
      return withStatus({ ...next, state: "running" }, frame.messageId, "running");
    case "message_status":
      return withStatus(next, frame.messageId, frame.status);
    case "message_complete":
    case "message_update":
      return withStatus({ ...next, messages: { ...next.messages, [frame.message.id]: frame.message } }, frame.message.id, frame.message.status);
    case "content_delta":
      if (frame.replay) return next;
      return { ...next, said: { ...next.said, [frame.messageId]: (next.said[frame.messageId] ?? "") + frame.content } };
    case "opencode_event":
      return withAgent(next, frame.messageId, frame.event.payload);
    case "timeline_item":
    case "timeline_summary":
    case "checkpoint":
    case "files_changed":
    case "conversation_update":
      return frame.replay ? next : { ...next, stale: next.stale + 1 };
    case "conversation_cleared":
    case "conversation_rewound":
    case "reset":
      return { ...NOTHING_TOLD, seq: next.seq, state: next.state, stale: next.stale + 1 };
    case "warning":
      return withNotice(next, frame.warning, false);
    case "error":
      return withNotice(next, frame.error, true);
    default:
      return next;
  }
}

const ENDED = new Set<Message["status"]>(["completed", "failed", "cancelled"]);

function withStatus(talk: Talk, id: string, status: Message["status"]): Talk {
  const known = talk.statuses[id];
  const statuses = { ...talk.statuses, [id]: status };
  const busy = Object.values(statuses).some((one) => one === "running");
  const state = busy ? (talk.questions.length > 0 ? "waiting" : "running") : "idle";
  const isNew = known === undefined || (known !== status && ENDED.has(status));
  return { ...talk, statuses, state, stale: isNew ? talk.stale + 1 : talk.stale };
}

function withNotice(talk: Talk, text: string, bad: boolean): Talk {
  return { ...talk, notices: [...talk.notices, { bad, text }].slice(-5) };
}

function withAgent(talk: Talk, messageId: string, payload: Shapes["AgentPayload"]): Talk {
  const about = payload.properties as Record<string, unknown>;
  if (payload.type === "message.part.updated") {
    const parts = withPart(talk.parts[messageId] ?? [], about["part"] as Part, about["delta"] as string | undefined);
    return { ...talk, parts: { ...talk.parts, [messageId]: parts } };
  }
  if (payload.type === "message.part.removed") {
    const parts = (talk.parts[messageId] ?? []).filter((one) => one.id !== about["partID"]);
    return { ...talk, parts: { ...talk.parts, [messageId]: parts } };
  }
  if (payload.type === "question.asked") {
    const question = about as unknown as Question;
    const others = talk.questions.filter((one) => one.id !== question.id);
    return { ...talk, questions: [...others, question], state: "waiting" };
  }
  if (payload.type === "question.replied" || payload.type === "question.rejected") {
    const questions = talk.questions.filter((one) => one.id !== about["requestID"]);
    const waits = talk.state === "waiting" && questions.length === 0;
    return { ...talk, questions, state: waits ? "running" : talk.state };
  }
  return talk;
}

/** Put a part where it was, or at the end. Text that comes with an empty part is added to what is there. */
export function withPart(parts: readonly Part[], part: Part, delta: string | undefined): Part[] {
  const at = parts.findIndex((one) => one.id === part.id);
  const before = parts[at];
  const added = part.text === "" && delta !== undefined && before !== undefined;
  const whole = added ? { ...part, text: (before.text ?? "") + delta } : part;
  return at < 0 ? [...parts, whole] : parts.with(at, whole);
}
