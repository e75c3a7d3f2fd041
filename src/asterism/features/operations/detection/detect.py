"""From rules to requirements (Fastest 10.4). Pure: the same files always come to the same answer."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from asterism.features.operations.detection import rules
from asterism.features.operations.detection.ecosystems import recipe_of
from asterism.features.operations.detection.findings import Finding
from asterism.features.operations.detection.frameworks import served_by
from asterism.features.operations.detection.models import Database, Detection, Requirements, Runtime, Signal
from asterism.features.operations.detection.packages import is_monorepo
from asterism.features.operations.detection.source import Source

EDGE_FROM = 0.6
MAX_ROOTS = 50
_MARKS = (
    "package.json",
    "pyproject.toml",
    "requirements.txt",
    "go.mod",
    "Cargo.toml",
    "Gemfile",
    "composer.json",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "mix.exs",
    "deno.json",
    "Dockerfile",
)


def detect(source: Source) -> Detection:
    """Tell what the app in a folder needs."""
    found = rules.find(source)
    runtime_sums = _sums(found, frozenset(Runtime))
    framework_sums = _sums(found, frozenset(one.effect for one in found if one.signal.id.startswith("framework.")))
    runtime = _runtime(runtime_sums)
    native = served_by(framework_sums).get(runtime) if runtime is not None else None
    framework = max(framework_sums, key=lambda name: (round(framework_sums[name], 6), name == native), default=None)
    signals = tuple(finding.signal for finding in found)
    edge = sum(finding.signal.confidence for finding in found if finding.effect == "edge")
    made_with = framework if runtime in {Runtime.NODE, Runtime.BUN} else native or framework
    recipe = recipe_of(source, runtime, made_with, frozenset(signal.id for signal in signals))
    return Detection(
        requirements=Requirements(
            runtime=runtime,
            framework=framework,
            databases=_databases(found),
            is_edge_compatible=round(edge, 6) >= EDGE_FROM,
            needs_storage=any(finding.effect == "storage" for finding in found),
            recipe=recipe,
            root=source.root,
            mysql_apart=_mysql_apart(found),
        ),
        confidence=_confidence(runtime, runtime_sums, framework, framework_sums),
        signals=signals,
        roots=_roots(source),
    )


def overridden(
    requirements: Requirements, runtime: Runtime | None, build: str | None, start: str | None
) -> Requirements:
    """Return requirements with what the settings of a workspace say instead; a start that people chose is run."""
    recipe = replace(
        requirements.recipe,
        build=requirements.recipe.build if build is None else build,
        start=requirements.recipe.start if start is None else start,
        output=requirements.recipe.output if start is None else None,
    )
    return replace(requirements, runtime=runtime or requirements.runtime, recipe=recipe)


def reasons(signals: Iterable[Signal]) -> list[str]:
    """Return the six strongest reasons."""
    ranked = sorted(signals, key=lambda signal: -abs(signal.confidence))
    return [signal.reason for signal in ranked[:6]]


def _sums(found: Iterable[Finding], effects: frozenset[str]) -> dict[str, float]:
    sums: dict[str, float] = {}
    for finding in found:
        if finding.effect in effects and finding.signal.id.startswith(("runtime.", "framework.")):
            sums[finding.effect] = sums.get(finding.effect, 0.0) + finding.signal.confidence
    return sums


def _runtime(sums: Mapping[str, float]) -> Runtime | None:
    order = list(Runtime)
    present = [runtime for runtime in order if runtime in sums]
    return max(present, key=lambda runtime: (round(sums[runtime], 6), -order.index(runtime)), default=None)


def _confidence(
    runtime: Runtime | None, runtimes: Mapping[str, float], framework: str | None, frameworks: Mapping[str, float]
) -> float:
    if runtime is None:
        return 0.0
    share = runtimes[runtime] / sum(runtimes.values())
    kind = frameworks[framework] / sum(frameworks.values()) if framework else 0.0
    return round(min(1.0, max(0.0, 0.6 * share + 0.25 * kind + 0.15)), 4)


def _databases(found: Iterable[Finding]) -> tuple[Database, ...]:
    """Return the databases by dependency; a variable named in the code counts where it is not spoken for yet."""
    effects = [finding.effect for finding in found]
    needed = [database for database in Database if database in effects]
    spoken_for = {database.env_var for database in needed} | ({"DATABASE_URL"} if "sqlite" in effects else set())
    for database in Database:
        if f"env:{database}" in effects and database not in needed and database.env_var not in spoken_for:
            needed.append(database)
            spoken_for.add(database.env_var)
    return tuple(sorted(needed, key=list(Database).index))


def _mysql_apart(found: Iterable[Finding]) -> bool:
    effects = {finding.effect for finding in found}
    named = f"env:{Database.MYSQL}" in effects and f"env:{Database.POSTGRES}" not in effects
    return named or {Database.MYSQL, Database.POSTGRES} <= effects


def _roots(source: Source) -> tuple[str, ...]:
    """Return the folders below that look like apps of their own: what a monorepo lets one choose from."""
    folders = {str(PurePosixPath(path).parent) for path in source.paths if path.rpartition("/")[2] in _MARKS}
    members = sorted(folders - {"."}, key=lambda folder: (folder.count("/"), folder))
    has_own = any(mark in source for mark in _MARKS)
    return tuple(members[:MAX_ROOTS]) if is_monorepo(source) or not has_own else ()
