"""Analyzers: static checks that need no model, as plug-ins behind one small port.

`chosen` reads the setting, `prepared` makes the private copy, `run_all` runs them side by side, `place` puts each
finding on the reviewed text. They see the snapshot's new side, never the project's configuration.
"""

from asterism.features.review.analyzers.ahead import Ahead
from asterism.features.review.analyzers.catalogue import BUILT_IN, DEFAULT, chosen, for_diff
from asterism.features.review.analyzers.models import Analyzer, AnalyzerFailed, AnalyzerStatus, Finding, Job, Tools
from asterism.features.review.analyzers.placement import Dropped, place
from asterism.features.review.analyzers.runner import Project, prepared, run_all
from asterism.features.review.analyzers.scratch import Scratch
from asterism.features.review.analyzers.tools import ToolRunner

__all__ = [
    "BUILT_IN",
    "DEFAULT",
    "Ahead",
    "Analyzer",
    "AnalyzerFailed",
    "AnalyzerStatus",
    "Dropped",
    "Finding",
    "Job",
    "Project",
    "Scratch",
    "ToolRunner",
    "Tools",
    "chosen",
    "for_diff",
    "place",
    "prepared",
    "run_all",
]
