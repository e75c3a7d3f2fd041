// What the stream of a run has told so far.

export interface ToolCall {
  id: string;
  name: string;
  input: unknown;
  output?: string;
  success?: boolean;
}

export interface Answer {
  text: string;
  status: string;
  tools: readonly ToolCall[];
  proposals: number;
  ended: boolean;
  error?: string;
}

export const NOTHING: Answer = { text: "", status: "", tools: [], proposals: 0, ended: false };

interface Told {
  message?: string;
  delta?: string;
  content?: string;
  tool_call_id?: string;
  tool_name?: string;
  arguments?: unknown;
  success?: boolean;
  preview?: string;
}

/** Return the answer after one more event; kinds that are not known yet change nothing. */
export function heard(answer: Answer, kind: string, told: Told): Answer {
  switch (kind) {
    case "status":
      return { ...answer, status: told.message ?? "" };
    case "token.delta":
      return { ...answer, text: answer.text + (told.delta ?? "") };
    case "tool.start": {
      const call = { id: told.tool_call_id ?? "", name: told.tool_name ?? "", input: told.arguments };
      return { ...answer, tools: [...answer.tools, call] };
    }
    case "tool.end":
      return {
        ...answer,
        tools: answer.tools.map((one) =>
          one.id === told.tool_call_id ? { ...one, output: told.preview, success: told.success } : one,
        ),
      };
    case "proposal.created":
      return { ...answer, proposals: answer.proposals + 1 };
    case "message.final":
      return { ...answer, text: told.content ?? answer.text, ended: true };
    case "run.error":
      return { ...answer, ended: true, error: told.message ?? "" };
    default:
      return answer;
  }
}
