"""What we say about each family of rules, in our own words (Stargazer [5.32]): title, rationale, why, what to do.

Keys are rule codes or prefixes; the longest prefix wins. An empty title means: take the tool's message.
"""

from typing import NamedTuple


class Words(NamedTuple):
    """The texts of a finding; `title` may be empty."""

    title: str
    rationale: str
    why: str
    recommendation: str


RUFF: dict[str, Words] = {
    "": Words(
        "",
        "A static check of the changed code matched a pattern that usually needs a second look.",
        "Patterns like this one make later changes slower or hide mistakes.",
        "Follow the rule's advice, or suppress it on this line with a reason.",
    ),
    "invalid-syntax": Words(
        "Syntax error",
        "The parser cannot read the file at this place.",
        "The module cannot be imported, so everything that needs it fails at once.",
        "Complete or correct the statement so that the file parses.",
    ),
    "F82": Words(
        "",
        "The name is used here but nothing in the file defines it.",
        "The line raises NameError the first time it runs.",
        "Import or define the name, or correct its spelling.",
    ),
    "F811": Words(
        "",
        "A second definition replaces the first one before it was ever used.",
        "The first version never runs, which is rarely what was meant.",
        "Rename or remove one of the two definitions.",
    ),
    "F401": Words(
        "",
        "Nothing in the file uses this import.",
        "Unused imports slow the start and suggest dependencies that do not exist.",
        "Remove the import.",
    ),
    "F841": Words(
        "",
        "The value is computed and stored, but never read.",
        "Either the work is wasted or the wrong variable is used further on.",
        "Use the value or drop the assignment.",
    ),
    "F5": Words(
        "",
        "The format string and its arguments do not fit together.",
        "Formatting raises at run time or prints the wrong value.",
        "Make placeholders and arguments agree in number and kind.",
    ),
    "F": Words(
        "",
        "The code means something other than it seems to, by the rules of the language.",
        "It fails or misbehaves when this line runs.",
        "Correct the statement as the message says.",
    ),
    "PLE": Words(
        "",
        "The interpreter will not accept this or will raise when it gets here.",
        "The path ends in an exception.",
        "Correct the call or declaration as the message says.",
    ),
    "PLW": Words(
        "",
        "The statement is legal but rarely does what its author meant.",
        "The surprise shows up only at run time.",
        "State the intent in a way that cannot be misread.",
    ),
    "C90": Words(
        "",
        "The function takes many independent decisions in one body.",
        "Each further branch doubles the cases that a reader and a test must consider.",
        "Move coherent parts into functions of their own.",
    ),
    "B006": Words(
        "Mutable default argument",
        "The list in the default value is created once and shared by every call.",
        "State leaks from one call into the next.",
        "Use None as the default and create the list inside the function.",
    ),
    "B008": Words(
        "",
        "The call in the default value runs once, when the function is defined.",
        "Every call shares that one result, however old it is.",
        "Use None as the default and make the call inside the function.",
    ),
    "B023": Words(
        "Loop variable captured by a closure",
        "The function looks the loop variable up when it runs, not when it is made.",
        "All functions made in the loop see the value of the last turn.",
        "Bind the value now, as a default argument or with functools.partial.",
    ),
    "B904": Words(
        "",
        "The new exception is raised while another is handled, without saying how they relate.",
        "Readers of the traceback cannot tell a deliberate translation from a fault in the handler.",
        "Add `from error`, or `from None` when the cause does not matter.",
    ),
    "B": Words(
        "",
        "The construct is a known source of defects in Python programs.",
        "It works in the common case and fails in the one nobody tried.",
        "Use the form that the message recommends.",
    ),
    "ASYNC2": Words(
        "Blocking call in an async function",
        "The call waits without giving the event loop back.",
        "Every other task of the process stands still meanwhile.",
        "Use the asynchronous counterpart or move the call to a worker thread.",
    ),
    "ASYNC1": Words(
        "",
        "The asynchronous construct does not wait or cancel the way it looks.",
        "Tasks hang, leak, or ignore cancellation.",
        "Use the form that the message recommends.",
    ),
    "PERF": Words(
        "",
        "The loop does work that one expression would do faster.",
        "The cost grows with the data.",
        "Use the comprehension or built-in that the message names.",
    ),
    "C4": Words(
        "",
        "The collection is built by a detour.",
        "The detour costs time and hides what is built.",
        "Write the literal or comprehension directly.",
    ),
    "DTZ": Words(
        "",
        "The time has no zone, so its meaning depends on the machine.",
        "Comparisons with zone-aware times raise, and stored values shift by hours.",
        "Pass a zone, usually UTC.",
    ),
    "LOG": Words(
        "",
        "The logger is not used the way the logging module expects.",
        "Records get lost, doubled or misattributed.",
        "Use a module logger and the methods meant for the case.",
    ),
    "T10": Words(
        "Debugger statement left in",
        "The line stops the program in an interactive debugger.",
        "A server process hangs at this line.",
        "Remove the statement.",
    ),
    "PT": Words(
        "",
        "The test is written in a way that hides what fails.",
        "A failing test takes longer to understand, or passes for the wrong reason.",
        "Use the pytest form that the message names.",
    ),
    "BLE": Words(
        "",
        "The handler catches every exception, those of programming mistakes included.",
        "Real defects disappear silently.",
        "Name the exceptions that can be handled here.",
    ),
    "RUF006": Words(
        "",
        "Nothing keeps a reference to the created task.",
        "The task may be collected before it ends, and its exception is never seen.",
        "Keep the task in a set until it is done, or use a task group.",
    ),
    "RUF012": Words(
        "Mutable class attribute",
        "The value belongs to the class, so all instances share it.",
        "A change through one instance shows up in all others.",
        "Create the value in __init__, or annotate it as ClassVar when sharing is meant.",
    ),
    "RUF": Words(
        "",
        "The construct is a known source of defects in Python programs.",
        "It works in the common case and fails in the one nobody tried.",
        "Use the form that the message recommends.",
    ),
    "TRY": Words(
        "",
        "The exception handling says more, or less, than it needs to.",
        "Errors get harder to trace to their cause.",
        "Restructure the handler as the message says.",
    ),
    "ARG": Words(
        "",
        "The parameter is never read in the body.",
        "Callers compute and pass a value that has no effect.",
        "Use the parameter or remove it from the signature.",
    ),
}

BANDIT: dict[str, Words] = {
    "": Words(
        "",
        "The call or literal is a known weak spot of Python programs.",
        "Whoever controls its input may be able to make the program do what was not meant.",
        "Check that no outside input reaches this line, or use the safer form.",
    ),
    "B10": Words(
        "",
        "The code relies on something that is not there or not safe in production.",
        "The protection it seems to give can be absent.",
        "State the check or value in a way that holds in every environment.",
    ),
    "B101": Words(
        "",
        "Assertions vanish when Python runs with -O.",
        "A check that guards behaviour is then missing.",
        "Raise an exception where the check must hold.",
    ),
    "B105": Words(
        "Hardcoded password",
        "A literal is assigned to a name that holds a secret.",
        "Everybody who reads the repository has it, for as long as its history exists.",
        "Read it from the environment or a secret store, and change the exposed value.",
    ),
    "B110": Words(
        "Exception swallowed silently",
        "The handler does nothing with the exception.",
        "The failure is invisible, and what follows works on half-done work.",
        "Handle the specific exception or at least record it.",
    ),
    "B2": Words(
        "",
        "The setting opens more than the program needs.",
        "A debug or permissive mode in production gives strangers a way in.",
        "Restrict it to what the program needs.",
    ),
    "B301": Words(
        "Unsafe deserialisation",
        "The format can carry instructions that run while it is read.",
        "Data from outside becomes code on this machine.",
        "Use a data-only format such as JSON, or verify a signature first.",
    ),
    "B303": Words(
        "Weak hash",
        "Collisions of this hash can be made at will.",
        "Signatures, passwords or integrity checks built on it can be forged.",
        "Use SHA-256 or better, or a password hash for passwords.",
    ),
    "B307": Words(
        "Use of eval",
        "The text is run as a program.",
        "Whoever controls the text controls the process.",
        "Parse the value with ast.literal_eval or a real parser.",
    ),
    "B311": Words(
        "",
        "The generator is predictable from a few outputs.",
        "Tokens or keys made with it can be guessed.",
        "Use the secrets module for anything that must not be guessed.",
    ),
    "B324": Words(
        "Weak hash",
        "Collisions of this hash can be made at will.",
        "Signatures, passwords or integrity checks built on it can be forged.",
        "Use SHA-256 or better; pass usedforsecurity=False when it is a mere checksum.",
    ),
    "B501": Words(
        "TLS certificate checks switched off",
        "The connection accepts any certificate.",
        "Anyone on the path can read and change the traffic.",
        "Leave verification on and add the missing certificate authority instead.",
    ),
    "B506": Words(
        "Unsafe YAML loading",
        "The loader builds arbitrary objects from the document.",
        "A crafted document runs code on this machine.",
        "Use yaml.safe_load.",
    ),
    "B60": Words(
        "",
        "The command line is interpreted by a shell or built from parts.",
        "A part that comes from outside can add commands of its own.",
        "Pass the arguments as a list without a shell.",
    ),
    "B608": Words(
        "SQL built by string concatenation",
        "Values are joined into the text of the query.",
        "A quote in such a value changes the statement.",
        "Pass the values as bound parameters.",
    ),
    "B701": Words(
        "",
        "The template engine does not escape what it inserts.",
        "Markup in user data runs in the reader's browser.",
        "Switch autoescaping on.",
    ),
}


def words(table: dict[str, Words], rule: str) -> Words:
    """Return the texts of the longest prefix of `rule` in `table`."""
    for length in range(len(rule), -1, -1):
        if (found := table.get(rule[:length])) is not None:
            return found
    return table[""]
