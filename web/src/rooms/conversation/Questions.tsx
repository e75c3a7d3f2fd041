import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask, type Shapes } from "../../api/client.ts";
import { Button } from "../../parts/Button.tsx";
import { INPUT } from "../../parts/Field.tsx";
import { Trouble } from "../../parts/States.tsx";
import { texts } from "../../texts.ts";
import type { Question } from "./frames.ts";

const words = texts.conversation;
type Inquiry = Shapes["Inquiry"];

/** What the agent asks, as a form; it waits until this is answered or refused. */
export function Questions({ conversationId, question }: { conversationId: string; question: Question }) {
  const [answers, setAnswers] = useState<string[][]>(() => question.questions.map(() => []));
  const path = { conversation_id: conversationId, request_id: question.id };
  const replying = useMutation({
    mutationFn: () => ask(api.POST("/v1/conversations/{conversation_id}/opencode-questions/{request_id}/reply", { params: { path }, body: { answers } })),
  });
  const refusing = useMutation({
    mutationFn: () => ask(api.POST("/v1/conversations/{conversation_id}/opencode-questions/{request_id}/reject", { params: { path }, body: {} })),
  });
  const error = replying.error ?? refusing.error;
  const complete = answers.every((one) => one.some((text) => text.trim()));
  return (
    <form
      aria-label={texts.home.question}
      className="card mb-3 space-y-3 border-warn p-3"
      onSubmit={(event) => {
        event.preventDefault();
        replying.mutate();
      }}
    >
      {question.questions.map((one, at) => (
        <Inquired key={at} inquiry={one} answer={answers[at] ?? []} onAnswer={(answer) => setAnswers(answers.with(at, answer))} name={`${question.id}-${at}`} />
      ))}
      {error && <Trouble error={error} />}
      <div className="row justify-end">
        <Button look="quiet" busy={refusing.isPending} onClick={() => refusing.mutate()}>{words.refuse}</Button>
        <Button look="primary" type="submit" busy={replying.isPending} disabled={!complete}>{texts.home.answer}</Button>
      </div>
    </form>
  );
}

interface InquiredProps {
  inquiry: Inquiry;
  answer: readonly string[];
  onAnswer: (answer: string[]) => void;
  name: string;
}

function Inquired({ inquiry, answer, onAnswer, name }: InquiredProps) {
  const labels = inquiry.options.map((option) => option.label);
  const own = answer.find((text) => !labels.includes(text)) ?? "";
  const choose = (label: string, chosen: boolean) => {
    if (!inquiry.multiple) onAnswer([label]);
    else onAnswer(chosen ? [...answer, label] : answer.filter((text) => text !== label));
  };
  const write = (text: string) => onAnswer([...(inquiry.multiple ? answer.filter((one) => labels.includes(one)) : []), ...(text ? [text] : [])]);
  return (
    <fieldset>
      <legend className="font-medium break-words" dir="auto">{inquiry.question}</legend>
      <div className="mt-1.5 space-y-1">
        {inquiry.options.map((option) => (
          <label key={option.label} className="flex items-baseline gap-2">
            <input
              type={inquiry.multiple ? "checkbox" : "radio"}
              name={name}
              checked={answer.includes(option.label)}
              onChange={(event) => choose(option.label, event.target.checked)}
            />
            <span className="min-w-0 break-words">
              <span dir="auto">{option.label}</span>
              {option.description && <span className="ms-2 text-xs text-soft" dir="auto">{option.description}</span>}
            </span>
          </label>
        ))}
        {inquiry.custom !== false && (
          <input aria-label={words.ownAnswer} placeholder={words.ownAnswer} value={own} maxLength={4000} dir="auto" onChange={(event) => write(event.target.value)} className={INPUT} />
        )}
      </div>
    </fieldset>
  );
}
