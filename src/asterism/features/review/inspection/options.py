"""From a request, a profile and the settings to the effective options (Stargazer 3.2, 6.1). Pure."""

from collections.abc import Iterable, Sequence

from asterism.base.errors import Invalid
from asterism.features.review.findings import LENSES, Lens, Severity, sorted_lenses
from asterism.features.review.inspection.models import MODES, PROFILES, Defaults, Mode, Options

SYNONYMS = {
    "critical": Severity.HIGH,
    "warning": Severity.MEDIUM,
    "suggestion": Severity.LOW,
    "info": Severity.LOW,
    "nitpick": Severity.NIT,
}
NAMED_FILES = 200
NAME_BYTES = 1024


def severity(text: str) -> Severity:
    """Read a severity or one of its synonyms. Raises Invalid."""
    if text in SYNONYMS:
        return SYNONYMS[text]
    try:
        return Severity(text)
    except ValueError:
        legal = ", ".join([one.value for one in Severity] + list(SYNONYMS))
        raise Invalid(f"Unknown severity {text!r}; legal values are {legal}.") from None


def mode(text: str | None, staged: bool | None) -> Mode:
    """Read `mode`, else the older flag, else `unstaged`. Raises Invalid."""
    if text is None or text == "":
        return "unstaged" if staged is not True else "staged"
    for legal in MODES:
        if text == legal:
            return legal
    raise Invalid(f"Unknown mode {text!r}; legal values are {', '.join(MODES)}.")


def legacy_staged(text: str | None, *, staged: bool) -> bool:
    """Read which changes the older review means: `mode` wins over the older flag. Raises Invalid."""
    if not text:
        return staged
    if text not in {"staged", "unstaged"}:
        raise Invalid(f"Unknown mode {text!r}; legal values are staged, unstaged.")
    return text == "staged"


def words(text: str | None) -> list[str]:
    """Split a comma-separated value: trimmed, empties and repetitions dropped."""
    return list(dict.fromkeys(part.strip() for part in (text or "").split(",") if part.strip()))


def lenses(names: Iterable[str]) -> tuple[Lens, ...]:
    """Read lens ids into canonical order. Raises Invalid naming the unknown one."""
    found = []
    for name in names:
        try:
            found.append(Lens(name))
        except ValueError:
            raise Invalid(f"Unknown lens {name!r}; legal values are {', '.join(LENSES)}.") from None
    return sorted_lenses(found)


def profile(text: str | None) -> str | None:
    """Check a profile id; `default` means explicitly none and stays visible as such. Raises Invalid."""
    if not text:
        return None
    if text != "default" and text not in PROFILES:
        raise Invalid(f"Unknown profile {text!r}; legal values are default, {', '.join(PROFILES)}.")
    return text


def file_names(joined: str | None, single: Sequence[str]) -> tuple[str, ...]:
    """Read the `files` and `file` parameters. Raises Invalid for unsafe paths and too many of them."""
    names = list(dict.fromkeys([*words(joined), *(name for name in single if name)]))
    if len(names) > NAMED_FILES:
        raise Invalid(f"At most {NAMED_FILES} files can be named.")
    for name in names:
        parts = name.replace("\\", "/").split("/")
        if len(name.encode("utf-8", "surrogatepass")) > NAME_BYTES:
            raise Invalid(f"A file name is longer than {NAME_BYTES} bytes.")
        if name[0] in "/\\" or name[1:2] == ":" or "\0" in name or ".." in parts:
            raise Invalid(f"{name!r} is not a path inside the project.")
    return tuple(name.removeprefix("./") for name in names)


def resolve(
    *,
    chosen_mode: Mode,
    lens_names: Sequence[str],
    profile_name: str | None,
    minimum: str | None,
    files: tuple[str, ...],
    defaults: Defaults,
    base: str | None = None,
) -> Options:
    """Apply the three levels: request, then profile, then settings. Raises Invalid for unknown values."""
    asked = profile(profile_name)
    named = lenses(lens_names)
    effective = asked
    if asked is None and not named and defaults.profile:
        effective = defaults.profile
    known = PROFILES.get(effective or "")
    effective = known.id if known else None
    if not named:
        named = known.lenses if known else (defaults.lenses or tuple(Lens))
    usual = known.minimum if known and known.minimum else defaults.minimum
    lowest = severity(minimum) if minimum else usual
    return Options(chosen_mode, sorted_lenses(named), effective, lowest, files, base)
