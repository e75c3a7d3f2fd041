"""The run host: long work that belongs to the server and not to a connection.

A run is a task of the process that began it, and a stream that tells of it. The host does what all runs have in common;
a feature brings a `Work`: what is done, and how its result is written.

    lane = Lane(running=8)                                     # how many at once, how many wait
    kind = host.add(RunKind("review", lane, settle))           # `settle` ends a run whose process is gone
    with host.enter(kind) as place:                            # raises LaneFull, ShuttingDown
        work = await host.launch(place, begin)                 # `begin(tx, queued)` writes the row, returns the Work
    await host.cancel(work.stream, "cancelled")                # whichever process performs it

Rules
-----
* **Begun whole.** The feature's row, the run's stream, its first events and the host's row are one transaction, and the
  run is performed even when whoever asked for it has gone meanwhile.
* **Ended once.** `Work.finish` writes the result and returns the last events; both, the end of the stream and the
  removal of the host's row are one transaction. The row is the judge: of several that want to end a run, one finds it.
* **A cancel that was recorded wins.** The run then ends as `BrokenOff` with the reason of the first who asked, even if
  the work was done at the same moment; one that was done before is not cancelled. The task is cancelled, and so is
  what it waits for: the connection to a model is closed.
* **Alive is one idea.** A process beats every ten seconds while it performs runs. Runs of a process that is gone
  (`owners`) are ended by `RunKind.settle`, at the next start or by another process, within 60 seconds of its last beat.
* Runs of a lane begin in the order they came; those of one key can be made to wait for each other.
"""

from asterism.kernel.runs.host import RunHost
from asterism.kernel.runs.lanes import Lane, LaneFull, Place
from asterism.kernel.runs.models import BrokenOff, Done, Ending, Failed, RunKind, Stopped, Work
from asterism.kernel.runs.owners import has_died, this_process

__all__ = [
    "BrokenOff",
    "Done",
    "Ending",
    "Failed",
    "Lane",
    "LaneFull",
    "Place",
    "RunHost",
    "RunKind",
    "Stopped",
    "Work",
    "has_died",
    "this_process",
]
