"""Keeping the editor's folder and the workspace alike: the agent sees what is edited here, and its work comes back."""

from dataclasses import dataclass

from asterism.client.api import Api
from asterism.client.join import Decide
from asterism.client.progress import Silent
from asterism.client.pull import pull
from asterism.client.push import Wish, push
from asterism.client.talk import Talk
from asterism.client.workcopy.state import State


@dataclass(frozen=True, slots=True)
class Carrier:
    """Carries a working copy there and back. `decide` answers conflicts; what it leaves open changes nothing."""

    api: Api
    state: State
    decide: Decide
    threads: int

    def before(self, talk: Talk) -> None:
        """Give a turn what is edited here. Raises what `pull` and `push` raise."""
        self.after(talk)
        push(self.api, self.state.top, Wish(note="Edited here"), progress=Silent(), threads=self.threads)

    def after(self, talk: Talk) -> None:
        """Register what the workspace shows, and join the folder with it. Raises what `pull` raises."""
        if talk.save() is not None:
            pull(self.api, self.state, self.decide, threads=self.threads, progress=Silent())
