"""`asterism review`: have the changes of a git checkout reviewed by a server on this machine."""

from pathlib import Path
from typing import Annotated, Any

import typer

from asterism.cli.options import AsJson, Url, verb_app

app = verb_app("Review the changes of a git checkout.")


@app.command()
def review(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The checkout.", show_default=False)] = Path(),
    staged: Annotated[bool, typer.Option("--staged", help="Review what is staged, not what is not.")] = False,
    trust: Annotated[bool, typer.Option("--trust", help="Let the server read this checkout from now on.")] = False,
    url: Url = None,
    as_json: AsJson = False,
) -> None:
    """Review the changes of the checkout DIR and print each finding as soon as it is certain.

    Works without any key: the built-in analyzers need none. Exits 0 whether or not something was found, and when there
    is nothing to review.
    """
    from asterism.cli.output import command, emit, say, show
    from asterism.cli.session import normal_url
    from asterism.client import review as use_case
    from asterism.client.http import Http

    with command(as_json=as_json):
        result: dict[str, Any] = {"issues": [], "summary": "There is nothing to review."}
        with Http(normal_url(url), None, headers=use_case.root_headers(directory.resolve())) as http:
            use_case.ensure_trust(http, grant=trust)
            try:
                for event in use_case.review(http, "staged" if staged else "unstaged"):
                    if event.name == "issue_found" and not as_json:
                        show(finding(event.data["issue"]))
                    elif event.name == "complete":
                        result = {"review_id": event.data["reviewId"], **event.data["result"]}
            except use_case.ReviewFailed as error:
                if error.code != use_case.NOTHING:
                    raise
                result["summary"] = error.message
        if as_json:
            emit(result)
        else:
            say(result["summary"])


def finding(issue: dict[str, Any]) -> str:
    """Write a finding as one line: place, severity, title."""
    line = issue.get("line_start")
    place = f"{issue['file']}:{line}" if line else issue["file"]
    return f"{place}: {issue['severity']}: {issue['title']}"
