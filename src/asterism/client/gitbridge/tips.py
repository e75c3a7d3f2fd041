"""What a repository's branches and tags become: workspaces and tags that follow git, unless a person moved them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from asterism.base.errors import Conflict, Forbidden, Invalid, NotFound, TooLarge
from asterism.client.api import Api
from asterism.client.gitbridge.notes import Notes, shown
from asterism.client.gitbridge.record import Imports, Made
from asterism.client.models import Project, Workspace
from asterism.client.revisions import tags as all_tags
from asterism.kernel.git import Ref

NAME_CHARACTERS = 255
NAMED = 5
LIKELY_MAIN = ("main", "master", "trunk", "default", "develop")
REFUSALS = (Conflict, Invalid, NotFound, TooLarge, Forbidden)


@dataclass(slots=True)
class Tips:
    """Where a repository's names lead, as commits by name without `refs/heads/` or `refs/tags/`.

    `lead` is the branch whose history becomes that of the main workspace, None when HEAD is detached; `head` its
    commit. `others` are commits that are reached but get no name.
    """

    lead: str | None = None
    head: str | None = None
    branches: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)

    @property
    def commits(self) -> list[str]:
        """Every commit that something leads to, each once."""
        found = [self.head, *self.branches.values(), *self.tags.values(), *self.others]
        return list(dict.fromkeys(oid for oid in found if oid is not None))


def read_tips(refs: list[Ref], named: bytes | None, head: str | None, notes: Notes) -> Tips:
    """Sort references; `named` is what HEAD names, `head` its commit."""
    tips = Tips(head=head)
    messages: list[str] = []
    for ref in refs:
        kind, _, rest = ref.name.partition(b"/")[2].partition(b"/")
        if kind == b"remotes" or ref.name == b"refs/stash":
            continue
        if kind not in (b"heads", b"tags"):
            notes.once(
                "refs", kind.decode("latin-1"), text=f"references like {shown(ref.name)} are no branches or tags"
            )
        elif ref.commit is None:
            notes.add(f"{shown(ref.name)} names no commit, so it is left out")
        else:
            try:
                (tips.branches if kind == b"heads" else tips.tags)[rest.decode()] = ref.commit
            except UnicodeDecodeError:
                tips.others.append(ref.commit)
                notes.add(f"the name of {shown(ref.name)} is not UTF-8; its commits are kept without it")
            if kind == b"tags" and ref.kind == "tag":
                messages.append(shown(rest))
    if messages:
        more = f" and {len(messages) - NAMED} more" if len(messages) > NAMED else ""
        notes.add(f"the messages of annotated tags are not kept: {', '.join(messages[:NAMED])}{more}")
    _choose_lead(tips, named, notes)
    return tips


def _choose_lead(tips: Tips, named: bytes | None, notes: Notes) -> None:
    """Find the branch that main follows: that of HEAD, else the one most likely meant."""
    wanted = (named or b"").removeprefix(b"refs/heads/").decode("utf-8", "replace")
    if tips.head is not None:
        tips.lead = wanted if wanted in tips.branches else None
    elif tips.branches:
        likely = [name for name in LIKELY_MAIN if name in tips.branches]
        tips.lead = (likely or sorted(tips.branches))[0]
        tips.head = tips.branches[tips.lead]
        notes.add(f"HEAD names {wanted!r}, which does not exist; main follows the branch {tips.lead!r}")


class Names:
    """Gives a project's workspaces and tags the places that git's branches and tags have."""

    def __init__(self, api: Api, project: Project, main: Workspace, before: Imports, notes: Notes) -> None:
        self._api = api
        self._project = project
        self._main = main
        self._before = before
        self._notes = notes
        self.made = Imports(dict(before.branches), dict(before.tags))

    def follow(self, tips: Tips, snapshot_of: Callable[[str], str | None]) -> None:
        """Set main's head, the workspaces of the other branches, and the tags."""
        workspaces = {each.id: each for each in self._api.workspaces(self._project.id)}
        taken = {self._main.id}
        main = workspaces.get(self._main.id, self._main)
        branches = self._kept("branch", tips.branches, snapshot_of)
        target = snapshot_of(tips.head) if tips.head is not None else None
        lead = tips.lead or "HEAD"
        if target is not None and self._belongs_to_main(lead, main, workspaces):
            self._set_head(lead, main, target)
            branches.pop(lead, None)
        elif target is not None:
            branches[lead] = target
        for name, target in branches.items():
            try:
                self._branch(name, target, workspaces, taken)
            except REFUSALS as error:
                self._notes.add(f"the branch {name!r} has no workspace: {error.message}")
        self._tags(self._kept("tag", tips.tags, snapshot_of))
        for name in self._before.branches.keys() - tips.branches.keys() - {"HEAD"}:
            self._notes.add(f"the branch {name!r} is gone from git; its workspace stays")
        for name in self._before.tags.keys() - tips.tags.keys():
            self._notes.add(f"the tag {name!r} is gone from git; the project's stays")

    def _kept(self, what: str, names: Mapping[str, str], snapshot_of: Callable[[str], str | None]) -> dict[str, str]:
        found = {name: snapshot_of(oid) for name, oid in names.items()}
        for name in (name for name, target in found.items() if target is None):
            self._notes.add(f"the {what} {name!r} is not kept, since its commit is not")
        return {name: target for name, target in found.items() if target is not None}

    def _belongs_to_main(self, lead: str, main: Workspace, workspaces: Mapping[str, Workspace]) -> bool:
        """Whether main follows git: not when somebody else filled it before the first import."""
        made = self._before.branches.get(lead)
        if made is not None and made.name in workspaces:
            return made.name == main.id
        return self.may_move(main.current_snapshot_id, None)

    def may_move(self, head: str | None, made: Made | None) -> bool:
        """Whether what stands at `head` was put there by an import: the last one, or some one when none is recorded."""
        if head is None:
            return True
        if made is not None:
            return head == made.snapshot_id
        try:
            return self._api.snapshot(head, project_id=self._project.id).source == "import"
        except NotFound:
            return False

    def _branch(self, name: str, target: str, workspaces: dict[str, Workspace], taken: set[str]) -> None:
        made = self._before.branches.get(name)
        known = workspaces.get(made.name) if made is not None else None
        if known is None or known.id in taken:
            wanted = name.strip()[:NAME_CHARACTERS]
            own = self._main.name
            free = next(n for n in _numbered(wanted) if n != own and not _is_taken(n, workspaces, taken))
            known = next((each for each in workspaces.values() if each.name == free and each.id not in taken), None)
            if free != name:
                self._notes.add(f"the branch {name!r} became the workspace {free!r}")
            if known is None:
                known = self._api.create_workspace(self._project.id, free, base_snapshot_id=target)
                workspaces[known.id] = known
        taken.add(known.id)
        self._set_head(name, known, target)

    def _set_head(self, branch: str, workspace: Workspace, target: str) -> None:
        made = self._before.branches.get(branch)
        if made is not None and made.name != workspace.id:
            made = None
        head = workspace.current_snapshot_id
        if head == target:
            pass
        elif self.may_move(head, made):
            self._api.move_head(workspace.id, target)
        else:
            self._notes.add(
                f"the workspace {workspace.name!r} was moved meanwhile and stays; git's {branch!r} is {target}"
            )
            return
        self.made.branches[branch] = Made(workspace.id, target)

    def _tags(self, wanted: Mapping[str, str]) -> None:
        known = {tag.name: tag.snapshot_id for tag in all_tags(self._api, self._project.id)}
        for name, own in self._tag_names(wanted).items():
            if own != name:
                self._notes.add(f"the tag {name!r} became {own!r}")
            try:
                self._tag(name, own, wanted[name], known.get(own))
            except REFUSALS as error:
                self._notes.add(f"the tag {name!r} is not kept: {error.message}")

    def _tag_names(self, wanted: Mapping[str, str]) -> dict[str, str]:
        """Return what tags are called here, where names hold no slash; names that stay as they are come first."""
        found = {name: name for name in wanted if "/" not in name and len(name) <= NAME_CHARACTERS}
        used = set(found)
        for name in wanted.keys() - found.keys():
            made = self._before.tags.get(name)
            plain = name.replace("/", "-").strip()[:NAME_CHARACTERS]
            own = made.name if made is not None and made.name not in used else None
            found[name] = own or next(each for each in _numbered(plain) if each not in used)
            used.add(found[name])
        return dict(sorted(found.items()))

    def _tag(self, name: str, own: str, target: str, now: str | None) -> None:
        if now is not None and now != target:
            if not self.may_move(now, self._before.tags.get(name)):
                self._notes.add(f"the tag {own!r} was moved meanwhile and stays; git's is {target}")
                return
            self._api.delete_tag(self._project.id, own)
        if now != target:
            self._api.create_tag(self._project.id, own, target)
        self.made.tags[name] = Made(own, target)


def _numbered(name: str) -> Iterator[str]:
    """Yield the name, then the name with 2, 3 and so on."""
    yield name
    number = 2
    while True:
        ending = f"-{number}"
        yield name[: NAME_CHARACTERS - len(ending)] + ending
        number += 1


def _is_taken(name: str, workspaces: Mapping[str, Workspace], taken: set[str]) -> bool:
    """Whether every workspace of that name belongs to another branch already."""
    found = [each.id for each in workspaces.values() if each.name == name]
    return bool(found) and all(each in taken for each in found)
