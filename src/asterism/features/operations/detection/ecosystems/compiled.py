"""Go, Rust and .NET: what builds them and what runs the result."""

from asterism.base.linear import compiled
from asterism.features.operations.detection.ecosystems import declared
from asterism.features.operations.detection.ecosystems.versions import pinned
from asterism.features.operations.detection.models import Recipe
from asterism.features.operations.detection.source import Source, member, text_member

_GO_LINE = compiled(r"(?m)^go\s+(\S+)")
_GO_MAIN = compiled(r"(?m)^package\s+main\b")
_FRAMEWORK = compiled(r"<TargetFrameworks?>\s*net(?:coreapp)?([\d.]+)")
_ASSEMBLY = compiled(r"<AssemblyName>\s*([\w.-]+)\s*<")
_RUNNABLE = compiled(r"Microsoft\.NET\.Sdk\.(?:Web|Worker)|<OutputType>\s*Exe")
_IN_BROWSER = compiled(r"Microsoft\.NET\.Sdk\.BlazorWebAssembly")
_SERVES = compiled(r'"Microsoft\.NET\.Sdk\.Web"')


def go(source: Source, _framework: str | None) -> Recipe:
    """Return how a Go app is run: its root, else the main package that is named like a server."""
    hit = _GO_LINE.search(source.text("go.mod")) or _GO_LINE.search(source.text("go.work"))
    version = hit[1] if hit else pinned(source, "go", ".go-version")
    install = "go mod download" if source.first("go.mod", "go.work") else None
    start = declared.start(source) or f"go run {_go_package(source) if install else _go_files(source)}"
    # Hosts that read a Procfile put the programs of a module into bin/ before they start one.
    build = "go build -o bin/ ./..." if start.removeprefix("./").startswith("bin/") else None
    return Recipe("go", version, install, declared.build(source) or build, start)


def _go_package(source: Source) -> str:
    folders = [path.rpartition("/")[0] for path in source.below(".go", depth=3) if _is_go_main(source, path)]
    mains = sorted(set(folders), key=lambda folder: (folder.count("/"), folder))
    if not mains or "" in mains:
        return "."
    names = ("server", "api", "web", "app", "main")
    chosen = next((folder for name in names for folder in mains if folder.rpartition("/")[2] == name), mains[0])
    return f"./{chosen}"


def _go_files(source: Source) -> str:
    """Return the files of a program that is no module."""
    return " ".join(path for path in source.in_root(".go") if not path.endswith("_test.go")) or "."


def has_go_main(source: Source) -> bool:
    """Tell whether a tree holds a Go program rather than a library."""
    return any(_is_go_main(source, path) for path in source.below(".go", depth=2))


def _is_go_main(source: Source, path: str) -> bool:
    return not path.endswith("_test.go") and _GO_MAIN.search(source.text(path)) is not None


def rust(source: Source, framework: str | None) -> Recipe:
    """Return how a Rust app is built and run: the default binary, of the member that has one in a workspace."""
    cargo = source.toml("Cargo.toml")
    channel = text_member(source.toml("rust-toolchain.toml"), "toolchain", "channel")
    version = text_member(cargo, "package", "rust-version") or channel or pinned(source, "rust", "rust-toolchain")
    name = _rust_binary(source)
    start = f"./target/release/{name}" if name else None
    if start and framework == "rocket":  # it reads no PORT
        start = f"ROCKET_ADDRESS=0.0.0.0 ROCKET_PORT=$PORT {start}"
    build = declared.build(source) or "cargo build --release"
    return Recipe("cargo", version, "cargo fetch", build, declared.start(source) or start)


def _rust_binary(source: Source) -> str | None:
    for path in source.below("Cargo.toml", depth=2):
        folder = source.at(path.rpartition("/")[0])
        cargo = folder.toml("Cargo.toml")
        default = text_member(cargo, "package", "default-run")
        if default:
            return default
        bins = member(cargo, "bin")
        listed = [one for one in bins if isinstance(one, dict)] if isinstance(bins, list) else []
        main = next((one for one in listed if one.get("path") == "src/main.rs"), None)
        if main is None and "src/main.rs" in folder:
            return text_member(cargo, "package", "name")
        named = text_member(main or next(iter(listed), None), "name")
        if named:
            return named
        alone = [path for path in folder.paths if path.startswith("src/bin/") and path.count("/") == 2]
        if alone:
            return alone[0].removeprefix("src/bin/").removesuffix(".rs")
    return None


def dotnet(source: Source, _framework: str | None) -> Recipe:
    """Return how a .NET app is published and run: the project that makes a program."""
    projects = [path for path in source.below(".csproj", ".fsproj", ".vbproj", depth=3) if "test" not in path.lower()]
    kinds = (_SERVES, _RUNNABLE, _IN_BROWSER)
    ranked = [path for kind in kinds for path in projects if kind.search(source.text(path))]
    chosen = next(iter([*ranked, *projects]), None)
    text = source.text(chosen) if chosen else ""
    framework, assembly = _FRAMEWORK.search(text), _ASSEMBLY.search(text)
    sdk = text_member(source.json("global.json"), "sdk", "version")
    version = framework[1] if framework else sdk or pinned(source, "dotnet")
    target = f"{chosen} " if chosen and "/" in chosen else ""
    stem = chosen.rpartition("/")[2].rpartition(".")[0] if chosen else None
    name = assembly[1] if assembly else stem
    build = declared.build(source) or f"dotnet publish {target}-c Release -o out"
    if _IN_BROWSER.search(text):
        return Recipe("nuget", version, f"dotnet restore {target}".rstrip(), build, None, "out/wwwroot")
    start = declared.start(source) or (f"dotnet out/{name}.dll" if name else None)
    if start and _SERVES.search(text) and not declared.start(source):
        start = f"{start} --urls http://0.0.0.0:$PORT"
    restore = f"dotnet restore {target}".rstrip()
    return Recipe("nuget", version, restore, build, start)
