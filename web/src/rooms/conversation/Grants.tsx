import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { texts } from "../../texts.ts";
import { variablesOf } from "../deployments/queries.ts";

const words = texts.conversation;

interface Props {
  granted: readonly string[];
  onGrant: (keys: readonly string[]) => void;
}

/** Which variables of the project the next turn may read; no turn reads any that were not lent to it (Beyond 11). */
export function Grants({ granted, onGrant }: Props) {
  const { projectId } = useParams({ from: "/projects/$projectId/conversations/$conversationId" });
  const { data: variables = [] } = useQuery(variablesOf(projectId));
  if (variables.length === 0) return null;
  return (
    <details className="mt-1 text-xs text-soft">
      <summary>{granted.length === 0 ? words.lend : words.lent(granted)}</summary>
      <fieldset className="mt-1 flex max-h-40 flex-wrap gap-x-3 overflow-y-auto">
        <legend className="sr-only">{words.lend}</legend>
        {variables.map(({ key }) => (
          <label key={key} className="row min-h-7 gap-1">
            <input
              type="checkbox"
              name={key}
              checked={granted.includes(key)}
              onChange={({ target }) => onGrant(target.checked ? [...granted, key] : granted.filter((one) => one !== key))}
            />
            <code dir="ltr">{key}</code>
          </label>
        ))}
      </fieldset>
    </details>
  );
}
