"""Java, Kotlin, Scala and Clojure: what builds them and what runs the result."""

from collections.abc import Iterator
from typing import Final

from asterism.base.linear import compiled
from asterism.features.operations.detection.ecosystems import declared
from asterism.features.operations.detection.ecosystems.versions import number_in, pinned
from asterism.features.operations.detection.models import Recipe
from asterism.features.operations.detection.source import Source

_JAVA_VERSIONS = compiled(
    r"<(?:java\.version|maven\.compiler\.(?:release|source|target)|release)>\s*([\d.]+)\s*<"
    r"|(?:sourceCompatibility|JavaLanguageVersion\.of|VERSION_|jvmToolchain)\D{0,20}?([\d.]+)"
)
_APPLICATION = compiled(
    r"""(?m)^\s*(?:id\s*\(?\s*["']application["']|application\s*$|apply plugin:\s*["']application["'])"""
)
_PROJECT_NAME = compiled(r"""rootProject\.name\s*=\s*["']([\w.-]+)["']""")
_SYSTEM_JAVA = compiled(r"(?m)^java\.runtime\.version\s*=\s*([\d.]+)")
_SDKMAN = compiled(r"(?m)^java=([\d.]+)")
_PACKAGING = compiled(r"<packaging>\s*(\w+)\s*</packaging>")
_PROGRAM = compiled(r"spring-boot-maven-plugin|quarkus-maven-plugin|<mainClass>|maven-shade-plugin")
_SBT_NAME = compiled(r'\bname\s*:=\s*"([\w.-]+)"')
_UBERJAR = compiled(r':uberjar-name\s+"([\w.-]+)"')
_PORTS: Final = {
    "spring-boot": ("", " --server.port=$PORT"),
    "quarkus": ("-Dquarkus.http.port=$PORT ", ""),
    "micronaut": ("-Dmicronaut.server.port=$PORT ", ""),
}
"""What tells a framework its port: before and after the file that is run. None of them reads PORT."""


def recipe(source: Source, framework: str | None) -> Recipe:
    """Return how an app for the JVM is built and run, by the wrapper that it brings where there is one."""
    start: str | None
    if "pom.xml" in source:
        manager, build, start = _maven(source, framework)
    elif "build.sbt" in source:
        manager, build, start = _sbt(source)
    elif "project.clj" in source:
        manager, build, start = _leiningen(source)
    elif "deps.edn" in source:
        manager, build, start = "clojure", "clojure -T:build uber", _jar("target/*.jar", framework)
    else:
        manager, build, start = _gradle(source, framework)
    return Recipe(manager, _version(source), None, declared.build(source) or build, declared.start(source) or start)


def _jar(path: str, framework: str | None) -> str:
    before, after = _PORTS.get(framework or "", ("", ""))
    return f"java {before}-jar {path}{after}"


def _maven(source: Source, framework: str | None) -> tuple[str, str, str]:
    maven = "./mvnw" if "mvnw" in source else "mvn"
    said = _PACKAGING.search(source.text("pom.xml"))
    folder, text = "", source.text("pom.xml")
    if said and said[1] == "pom":
        modules = [path for path in source.below("/pom.xml", depth=2) if _PROGRAM.search(source.text(path))]
        if modules:
            folder, text = modules[0].removesuffix("pom.xml"), source.text(modules[0])
            said = _PACKAGING.search(text)
    ending = "war" if said and said[1] == "war" else "jar"
    file = "quarkus-app/quarkus-run.jar" if framework == "quarkus" else f"*.{ending}"
    return "maven", f"{maven} -DskipTests package", _jar(f"{folder}target/{file}", framework)


def _gradle(source: Source, framework: str | None) -> tuple[str, str, str]:
    gradle = "./gradlew" if "gradlew" in source else "gradle"
    return "gradle", f"{gradle} build -x test", _gradle_start(source, framework)


def _gradle_start(source: Source, framework: str | None) -> str:
    """Return what runs the program of a build: of its top, else of the module that makes one."""
    folder, script = next(_gradle_programs(source), ("", ""))
    if framework == "quarkus":
        return _jar(f"{folder}build/quarkus-app/quarkus-run.jar", framework)
    named = _PROJECT_NAME.search(source.text("settings.gradle") + source.text("settings.gradle.kts"))
    name = folder.rstrip("/").rpartition("/")[2] or (named[1] if named else "")
    if framework not in _PORTS and name and _APPLICATION.search(script):
        build = f"{folder}build"
        return f"tar -xf {build}/distributions/*.tar -C {build} && ./{build}/{name}*/bin/{name}"
    # Spring Boot leaves a second jar without dependencies, named -plain.
    return _jar(f"$(ls {folder}build/libs/*.jar | grep -v -- -plain.jar | head -n 1)", framework)


def _gradle_programs(source: Source) -> Iterator[tuple[str, str]]:
    """Yield the folder and the script of each part that makes a program, the top first."""
    for path in source.below("build.gradle", "build.gradle.kts", depth=2):
        text = source.text(path)
        if _APPLICATION.search(text) or any(mark in text for mark in _FRAMEWORK_MARKS):
            yield path.rpartition("build.gradle")[0], text


_FRAMEWORK_MARKS: Final = ("org.springframework.boot", "io.quarkus", "io.micronaut", "io.ktor")


def _sbt(source: Source) -> tuple[str, str, str | None]:
    name = _SBT_NAME.search(source.text("build.sbt"))
    return "sbt", "sbt stage", f"./target/universal/stage/bin/{name[1]}" if name else None


def _leiningen(source: Source) -> tuple[str, str, str]:
    text = source.text("project.clj")
    name = _UBERJAR.search(text)
    build = "lein ring uberjar" if "lein-ring" in text else "lein uberjar"
    made = "$(ls target/*-standalone.jar target/uberjar/*-standalone.jar | head -n 1)"
    return "leiningen", build, _jar(f"target/{name[1]}" if name else made, None)


def _version(source: Source) -> str | None:
    said = _SYSTEM_JAVA.search(source.text("system.properties"))
    if said:
        return said[1]
    for path in ("pom.xml", *source.below("build.gradle", "build.gradle.kts", depth=1)):
        hit = _JAVA_VERSIONS.search(source.text(path))
        if hit:
            return hit[1] or hit[2]
    kit = _SDKMAN.search(source.text(".sdkmanrc"))
    return kit[1] if kit else number_in(pinned(source, "java", ".java-version"))
