"""`asterism review`: review the changes of a checkout, or a diff, on the terminal or in CI."""

from pathlib import Path
from typing import Annotated

import typer

from asterism.cli.options import verb_app

app = verb_app("Review changes before they are committed or merged.")


@app.command()
def review(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="A folder of the checkout.", show_default=False)
    ] = Path(),
    staged: Annotated[bool, typer.Option("--staged", help="Review what is staged, and nothing else.")] = False,
    base: Annotated[
        str | None, typer.Option(metavar="REF", help="Review what differs from the merge base with REF.")
    ] = None,
    diff: Annotated[
        str | None, typer.Option(metavar="FILE", help="Review a diff without any repository; - reads standard input.")
    ] = None,
    output: Annotated[
        str, typer.Option("--format", metavar="pretty|json|sarif|github", help="How the report is written.")
    ] = "pretty",
    fail_on: Annotated[
        str | None,
        typer.Option(metavar="SEVERITY", help="Exit with 1 when a finding of this severity or worse is not known."),
    ] = None,
    baseline: Annotated[
        Path | None, typer.Option(metavar="FILE", help="An earlier JSON report; findings in it are known.")
    ] = None,
    lenses: Annotated[str | None, typer.Option(metavar="A,B", help="Only these lenses.")] = None,
    profile: Annotated[str | None, typer.Option(metavar="NAME", help="quick, strict, perf or security.")] = None,
    min_severity: Annotated[str | None, typer.Option(metavar="SEVERITY", help="Leave out what is less bad.")] = None,
    allow_commands: Annotated[
        bool, typer.Option("--allow-commands", help="Let programs of the project run; only where you trust it.")
    ] = False,
    no_model: Annotated[
        bool, typer.Option("--no-model", help="Ask no model, only run static checks; nothing leaves this machine.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    url: Annotated[
        str | None, typer.Option(envvar="ASTERISM_URL", show_envvar=True, help="Review through this server.")
    ] = None,
) -> None:
    """Review the changes of the checkout that DIR is in; without options, everything that differs from HEAD.

    Standard output holds the report alone. Exits with 0 when done, 1 when --fail-on is reached, 2 for a wrong
    command line and 3 when the review could not be made.
    """
    from asterism.cli.review_run import Wish, run

    run(
        Wish(
            folder=directory,
            staged=staged,
            base=base,
            diff=diff,
            output="json" if as_json else output,
            fail_on=fail_on,
            baseline=baseline,
            lenses=lenses,
            profile=profile,
            min_severity=min_severity,
            allow_commands=allow_commands,
            no_model=no_model,
            url=url,
        )
    )
