"""Look at a folder tree: what is there, and which files may have changed since the last look.

`look` reads no file whose signature the cache knows; the others are left to `Scan.hash_rest`. Everything that lies in
the tree is taken unless a rule leaves it out: empty files and folders, links (never followed), names in any script.
Sockets, pipes and devices have no content to keep and are reported.
"""

import os
import time
from collections.abc import Callable, Container, Mapping

from asterism.kernel.workcopy import reach
from asterism.kernel.workcopy.hashing import Pending, Unreadable
from asterism.kernel.workcopy.listing import is_file, kinds_in, list_folder
from asterism.kernel.workcopy.names import name_problem, target_problem
from asterism.kernel.workcopy.rules import STRICT, Policy, Rules, rule_hash
from asterism.kernel.workcopy.scan import Scan, TreeTooLarge, Written
from asterism.kernel.workcopy.statcache import (
    CLOSED_DIR,
    DIR,
    FILE,
    FOLDERS,
    HASH_BYTES,
    LEFT_OUT,
    LINK,
    SIGNATURE,
    SIGNATURE_BYTES,
    SPECIAL,
    Cache,
    Folder,
    join,
    settled,
)
from asterism.vcs.ignore import STATE_NAMES


def look(
    top: str,
    cache: Cache,
    tracked: Callable[[], Container[str]] = tuple,
    *,
    policy: Policy = STRICT,
    touched: Container[str] | None = None,
    unchanged: Container[str] = (),
    written: Mapping[str, Written] = {},
) -> Scan:
    """Walk the tree at `top`. Of folders that the cache knows only those in `touched` are looked into (default: all),
    and none that was just found to be `unchanged`.

    `written` tells of files below the top that this program has just written, by path: they are not looked at, since
    whoever changes one changes its signature too. Raises BadName, Unreadable or TreeTooLarge.
    """
    scan = Scan(top, tracked, policy, written=written)
    known = cache.folders
    waiting: list[tuple[str, Rules]] = [("", Rules(top, policy))]
    names = 0
    while waiting:
        path, above = waiting.pop()
        old = known.get(path)
        untouched = path in unchanged if touched is None else path not in touched
        found = _as_before(path, above, old) if untouched else None
        folder, rules = found or _visit(scan, path, above, old)
        scan.folders[path] = folder
        names += len(folder.kinds)
        if policy.most is not None and names > policy.most:
            raise TreeTooLarge(names)
        if DIR in folder.kinds or CLOSED_DIR in folder.kinds:
            prefix = f"{path}/" if path else ""
            waiting.extend(
                (prefix + name, rules if kind == DIR else rules.closed())
                for name, kind in zip(folder.names, folder.kinds, strict=True)
                if kind in FOLDERS
            )
    scan.changed.update(path for path in known if path not in scan.folders)
    return scan


def _as_before(path: str, above: Rules, old: Folder | None) -> tuple[Folder, Rules] | None:
    """Return the rows of a folder that was not touched, None when it has to be visited all the same."""
    if old is None:
        return None
    may = any(map(old.may_have, above.policy.rule_files))
    rows = _rule_rows(above.policy, old.names, lambda index: old.kinds[index] == FILE) if may else ()
    rules = above.within(path, {name: old.hash(index) for name, index in rows})
    return (old, rules) if old.rules == rules.digest else None


def _visit(scan: Scan, path: str, above: Rules, old: Folder | None) -> tuple[Folder, Rules]:
    """List a folder; return its rows and the rules inside it. Raises BadName or Unreadable."""
    try:
        with reach.folder(scan.top, path, wary=scan.policy.wary) as place:
            names, stats, shared = list_folder(place, f"{path}/", scan.written)
            scan.visited += 1
            if shared:
                scan.shared.add(path)
            rules = above.within(path, _rule_hashes(place, above.policy, names, stats, old))
            if old is not None and old.rules == rules.digest and old.stats == stats and old.listed == join(names):
                return old, rules
            scan.changed.add(path)
            return _rows(scan, place, path, rules, names, kinds_in(stats), stats, old), rules
    except OSError as error:
        raise Unreadable(f"The folder {path or scan.top!r} cannot be read: {error.strerror}.") from error


def _rows(
    scan: Scan,
    place: int,
    path: str,
    rules: Rules,
    names: list[str],
    kinds: bytearray,
    stats: bytes,
    old: Folder | None,
) -> Folder:
    """Make the rows of a folder that is not as the cache has it; unknown contents become pending."""
    prefix = f"{path}/" if path else ""
    before = {name: index for index, name in enumerate(old.names)} if old is not None else {}
    same_rules = old is not None and old.rules == rules.digest
    hashes = bytearray(HASH_BYTES * len(names))
    targets: list[str] = []
    now = time.time_ns()
    for index, name in enumerate(names):
        full = prefix + name
        earlier = before.get(name)
        kind = kinds[index]
        if _never(path, name):
            kinds[index] = LEFT_OUT
            continue
        fact = scan.written.get(full)
        if fact is not None and kind == FILE and settled(fact[1], now):
            hashes[index * HASH_BYTES : (index + 1) * HASH_BYTES] = fact[0]
            continue
        taken_before = earlier is not None and same_rules and old is not None and old.kinds[earlier] == kind
        if not taken_before and rules.leaves_out(full, folder=kind == DIR):
            if full not in scan.versioned:
                kinds[index] = LEFT_OUT
                continue
            kinds[index] = CLOSED_DIR if kind == DIR else kind
        if kind == SPECIAL or not (taken_before or _acceptable(scan, full, name)):
            kinds[index] = SPECIAL
            continue
        if kind == LINK:
            target = _target(scan, place, name, full)
            if target is None:
                kinds[index] = SPECIAL
            else:
                targets.append(target)
        elif kind == FILE:
            signature = stats[index * SIGNATURE_BYTES : (index + 1) * SIGNATURE_BYTES]
            if (
                earlier is not None
                and old is not None
                and old.kinds[earlier] == FILE
                and old.signature(earlier) == signature
            ):
                hashes[index * HASH_BYTES : (index + 1) * HASH_BYTES] = old.hash(earlier)
            else:
                scan.pending.append(Pending(path, name, index, SIGNATURE.unpack(signature)[2]))
    return Folder(join(names), bytes(kinds), stats, bytes(hashes), targets, rules.digest)


def _never(folder: str, name: str) -> bool:
    """Say whether a name is repository state: `.git` anywhere, the client's own state at the top."""
    return name == ".git" or (not folder and name in STATE_NAMES)


def _rule_rows(policy: Policy, names: list[str], file_at: Callable[[int], bool]) -> list[tuple[str, int]]:
    """Return the rule files of a folder, each with its row."""
    found = [(name, names.index(name)) for name in policy.rule_files if name in names]
    return [(name, index) for name, index in found if file_at(index)]


def _rule_hashes(place: int, policy: Policy, names: list[str], stats: bytes, old: Folder | None) -> dict[str, bytes]:
    """Return the content hash of each rule file of a folder, from the cache where its signature is unchanged."""
    result: dict[str, bytes] = {}
    for name, index in _rule_rows(policy, names, lambda index: is_file(stats, index)):
        signature = stats[index * SIGNATURE_BYTES : (index + 1) * SIGNATURE_BYTES]
        names_before = old.names if old is not None else []
        earlier = names_before.index(name) if name in names_before else None
        if (
            old is not None
            and earlier is not None
            and old.kinds[earlier] == FILE
            and old.signature(earlier) == signature
        ):
            result[name] = old.hash(earlier)
        else:
            result[name] = rule_hash(place, name)
    return result


def _acceptable(scan: Scan, path: str, name: str) -> bool:
    """Say whether a manifest can hold this path. Raises BadName when what it cannot hold is refused."""
    problem = name_problem(path, name)
    if problem is not None and not scan.policy.wary:
        raise problem
    return problem is None


def _target(scan: Scan, place: int, name: str, path: str) -> str | None:
    """Return where a link leads, None when a manifest cannot hold that. Raises BadName or Unreadable."""
    try:
        target = os.readlink(name, dir_fd=place)
    except OSError as error:
        if scan.policy.wary:  # it has just been replaced: the next look tells by what
            return None
        raise Unreadable(f"The link {path!r} cannot be read: {error.strerror}.") from error
    problem = target_problem(path, target)
    if problem is not None and not scan.policy.wary:
        raise problem
    return target if problem is None else None
