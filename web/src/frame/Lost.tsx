import { Link } from "@tanstack/react-router";
import { Empty } from "../parts/States.tsx";
import { texts } from "../texts.ts";

export function Lost() {
  return (
    <Empty title={texts.problem.lost}>
      <Link to="/" className="text-accent underline">
        {texts.frame.home}
      </Link>
    </Empty>
  );
}
