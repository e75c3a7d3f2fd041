"""Crystal, Dart, Gleam, Haskell, Swift, Zig, Nim and C++: tools that make one program of a name."""

from dataclasses import dataclass, replace
from typing import Final

from asterism.base.linear import compiled
from asterism.features.operations.detection.ecosystems import declared
from asterism.features.operations.detection.models import Recipe, Runtime
from asterism.features.operations.detection.source import Source


@dataclass(frozen=True, slots=True)
class Way:
    """How a tool makes programs; `{}` stands for the name that the first pattern finds in `file`."""

    recipe: Recipe
    file: str
    patterns: tuple[str, ...] = ()


_WAYS: Final = {
    Runtime.CRYSTAL: Way(
        Recipe("shards", None, "shards install", "shards build --release", "./bin/{}"),
        "shard.yml",
        (r"(?m)^targets:\s*\n\s+([\w-]+):", r"(?m)^name:\s*([\w-]+)"),
    ),
    Runtime.GLEAM: Way(
        Recipe("gleam", None, "gleam deps download", "gleam build", "gleam run"), "gleam.toml", (r"(?m)^name\s*=()",)
    ),
    Runtime.HASKELL: Way(
        Recipe("stack", None, "stack setup", "stack build", "stack exec {}"),
        "package.yaml",
        (r"(?m)^executables:\s*\n\s+([\w-]+):",),
    ),
    Runtime.SWIFT: Way(
        Recipe("swiftpm", None, None, "swift build -c release", "./.build/release/{}"),
        "Package.swift",
        (r'\.executable(?:Target)?\(\s*name:\s*"([\w-]+)"', r'\bPackage\(\s*name:\s*"([\w-]+)"'),
    ),
    Runtime.ZIG: Way(
        Recipe("zig", None, None, "zig build -Doptimize=ReleaseSafe", "./zig-out/bin/{}"),
        "build.zig",
        (r'addExecutable\([^"]{0,80}"([\w-]+)"',),
    ),
    Runtime.CPP: Way(
        Recipe("cmake", None, None, "cmake -B build -S . && cmake --build build", "./build/{}"),
        "CMakeLists.txt",
        (r"add_executable\(\s*([\w-]+)",),
    ),
}


def recipe(source: Source, runtime: Runtime) -> Recipe:
    """Return how a program is made and started by its tool; without a name in its file, nothing is started."""
    if runtime is Runtime.DART:
        found = _dart(source)
    elif runtime is Runtime.NIM:
        names = [path.removesuffix(".nimble") for path in source.in_root(".nimble")]
        found = Recipe("nimble", None, "nimble install -d -y", "nimble build -y", f"./{names[0]}" if names else None)
    elif runtime in _WAYS:
        found = _named(source, _WAYS[runtime])
    else:
        found = Recipe()
    return replace(found, build=declared.build(source) or found.build, start=declared.start(source) or found.start)


def _named(source: Source, way: Way) -> Recipe:
    hits = (compiled(pattern).search(source.text(way.file)) for pattern in way.patterns)
    name = next((hit[1] for hit in hits if hit), None)
    start = way.recipe.start
    return replace(way.recipe, start=start.format(name) if start and name is not None else None)


def _dart(source: Source) -> Recipe:
    flutter = "sdk: flutter" in source.text("pubspec.yaml")
    if flutter and source.has_folder("web"):
        return Recipe("pub", None, "flutter pub get", "flutter build web", None, "build/web")
    programs = source.first("bin/server.dart", "bin/main.dart", *source.below(".dart", depth=1))
    inside = programs if programs and programs.startswith("bin/") else None
    stem = inside.removesuffix(".dart") if inside else None
    build = f"dart compile exe {inside}" if inside else None
    return Recipe("pub", None, "dart pub get", build, f"./{stem}.exe" if stem else None)
