"""Go, Rust, Java and .NET: what builds them and what runs the result."""

from asterism.base.linear import compiled
from asterism.features.operations.detection.ecosystems import procfile
from asterism.features.operations.detection.ecosystems.versions import pinned
from asterism.features.operations.detection.models import Recipe
from asterism.features.operations.detection.source import Source, member, text_member

_GO_LINE = compiled(r"(?m)^go\s+(\S+)")
_GO_MAIN = compiled(r"(?m)^package\s+main\b")
_JAVA_VERSIONS = compiled(
    r"<(?:java\.version|maven\.compiler\.(?:release|source|target)|release)>\s*([\d.]+)\s*<"
    r"|(?:sourceCompatibility|JavaLanguageVersion\.of|VERSION_|jvmToolchain)\D{0,20}?([\d.]+)"
)
_APPLICATION = compiled(
    r"""(?m)^\s*(?:id\s*\(?\s*["']application["']|application\s*$|apply plugin:\s*["']application["'])"""
)
_PROJECT_NAME = compiled(r"""rootProject\.name\s*=\s*["']([\w.-]+)["']""")
_FRAMEWORK = compiled(r"<TargetFrameworks?>\s*net(?:coreapp)?([\d.]+)")
_ASSEMBLY = compiled(r"<AssemblyName>\s*([\w.-]+)\s*<")
_RUNNABLE = compiled(r"Microsoft\.NET\.Sdk\.(?:Web|Worker)|<OutputType>\s*Exe")
_SYSTEM_JAVA = compiled(r"(?m)^java\.runtime\.version\s*=\s*([\d.]+)")


def go(source: Source) -> Recipe:
    """Return how a Go app is run: its root, else the main package that is named like a server."""
    hit = _GO_LINE.search(source.text("go.mod")) or _GO_LINE.search(source.text("go.work"))
    version = hit[1] if hit else pinned(source, "go", ".go-version")
    install = "go mod download" if source.first("go.mod", "go.work") else None
    start = procfile.web(source) or f"go run {_go_package(source)}"
    return Recipe("go", version, install, None, start)


def _go_package(source: Source) -> str:
    folders = [path.rpartition("/")[0] for path in source.below(".go", depth=3) if _is_go_main(source, path)]
    mains = sorted(set(folders), key=lambda folder: (folder.count("/"), folder))
    if not mains or "" in mains:
        return "."
    names = ("server", "api", "web", "app", "main")
    chosen = next((folder for name in names for folder in mains if folder.rpartition("/")[2] == name), mains[0])
    return f"./{chosen}"


def _is_go_main(source: Source, path: str) -> bool:
    return not path.endswith("_test.go") and _GO_MAIN.search(source.text(path)) is not None


def rust(source: Source) -> Recipe:
    """Return how a Rust app is built and run: the default binary, of the member that has one in a workspace."""
    cargo = source.toml("Cargo.toml")
    channel = text_member(source.toml("rust-toolchain.toml"), "toolchain", "channel")
    version = text_member(cargo, "package", "rust-version") or channel or pinned(source, "rust", "rust-toolchain")
    name = _rust_binary(source)
    start = f"./target/release/{name}" if name else None
    return Recipe("cargo", version, "cargo fetch", "cargo build --release", procfile.web(source) or start)


def _rust_binary(source: Source) -> str | None:
    for path in source.below("Cargo.toml", depth=2):
        folder = source.at(path.rpartition("/")[0])
        cargo = folder.toml("Cargo.toml")
        default = text_member(cargo, "package", "default-run")
        if default:
            return default
        bins = member(cargo, "bin")
        named = text_member(bins[0], "name") if isinstance(bins, list) and bins else None
        if named:
            return named
        if "src/main.rs" in folder:
            return text_member(cargo, "package", "name")
        alone = [path for path in folder.paths if path.startswith("src/bin/") and path.count("/") == 2]
        if alone:
            return alone[0].removeprefix("src/bin/").removesuffix(".rs")
    return None


def java(source: Source, framework: str | None) -> Recipe:
    """Return how a Java or Kotlin app is built and run, by the wrapper that it brings where there is one."""
    if "pom.xml" in source:
        maven = "./mvnw" if "mvnw" in source else "mvn"
        jar = "target/quarkus-app/quarkus-run.jar" if framework == "quarkus" else "target/*.jar"
        recipe = Recipe("maven", None, None, f"{maven} -DskipTests package", f"java -jar {jar}")
    else:
        gradle = "./gradlew" if "gradlew" in source else "gradle"
        recipe = Recipe("gradle", None, None, f"{gradle} build -x test", _gradle_start(source, framework))
    return Recipe(
        recipe.package_manager, _java_version(source), None, recipe.build, procfile.web(source) or recipe.start
    )


def _gradle_start(source: Source, framework: str | None) -> str:
    if framework == "quarkus":
        return "java -jar build/quarkus-app/quarkus-run.jar"
    script = source.text("build.gradle") + source.text("build.gradle.kts")
    named = _PROJECT_NAME.search(source.text("settings.gradle") + source.text("settings.gradle.kts"))
    if framework is None and named and _APPLICATION.search(script):
        return f"tar -xf build/distributions/*.tar -C build && ./build/{named[1]}*/bin/{named[1]}"
    # Spring Boot leaves a second jar without dependencies, named -plain.
    return "java -jar $(ls build/libs/*.jar | grep -v -- -plain.jar | head -n 1)"


def _java_version(source: Source) -> str | None:
    said = _SYSTEM_JAVA.search(source.text("system.properties"))
    if said:
        return said[1]
    for path in ("pom.xml", "build.gradle", "build.gradle.kts"):
        hit = _JAVA_VERSIONS.search(source.text(path))
        if hit:
            return hit[1] or hit[2]
    return pinned(source, "java", ".java-version")


def dotnet(source: Source) -> Recipe:
    """Return how a .NET app is published and run: the project that makes a program."""
    projects = [path for path in source.below(".csproj", ".fsproj", ".vbproj", depth=3) if "test" not in path.lower()]
    chosen = next((path for path in projects if _RUNNABLE.search(source.text(path))), next(iter(projects), None))
    text = source.text(chosen) if chosen else ""
    framework, assembly = _FRAMEWORK.search(text), _ASSEMBLY.search(text)
    sdk = text_member(source.json("global.json"), "sdk", "version")
    version = framework[1] if framework else sdk or pinned(source, "dotnet")
    target = f"{chosen} " if chosen and "/" in chosen else ""
    stem = chosen.rpartition("/")[2].rpartition(".")[0] if chosen else None
    name = assembly[1] if assembly else stem
    start = procfile.web(source) or (f"dotnet out/{name}.dll" if name else None)
    restore = f"dotnet restore {target}".rstrip()
    return Recipe("nuget", version, restore, f"dotnet publish {target}-c Release -o out", start)
