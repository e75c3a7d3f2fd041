"""Detection: what an app needs to be installed, built, started and stored, told by its files (Fastest 10.4). Pure."""

from asterism.features.operations.detection.advice import filled, question
from asterism.features.operations.detection.detect import detect, overridden, reasons
from asterism.features.operations.detection.models import Database, Detection, Recipe, Requirements, Runtime, Signal
from asterism.features.operations.detection.source import MAX_FILE_BYTES, Source, without_comments
from asterism.features.operations.detection.suggest import Offer, Suggestion, suggest, usable_providers

__all__ = [
    "MAX_FILE_BYTES",
    "Database",
    "Detection",
    "Offer",
    "Recipe",
    "Requirements",
    "Runtime",
    "Signal",
    "Source",
    "Suggestion",
    "detect",
    "filled",
    "overridden",
    "question",
    "reasons",
    "suggest",
    "usable_providers",
    "without_comments",
]
