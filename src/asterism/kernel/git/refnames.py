"""Names of references, as `git check-ref-format` judges them."""

import re

_REFUSED = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\.lock(?:/|$)|[/.]$|^[/.]")


def is_ref(name: str) -> bool:
    """Whether git takes `name` as the full name of a reference (`refs/heads/main`)."""
    return name.startswith("refs/") and len(name) > 5 and _REFUSED.search(name) is None


def is_refspec(text: str) -> bool:
    """Whether git takes `text` as what to fetch: `[+]SOURCE:TARGET`, both references or both with one `*`."""
    source, colon, target = text.removeprefix("+").partition(":")
    stars = {side.count("*") for side in (source, target)}
    return (
        bool(colon)
        and stars <= {0, 1}
        and len(stars) == 1
        and all(is_ref(s.replace("*", "x")) for s in (source, target))
    )
