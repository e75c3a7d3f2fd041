"""Programs of other languages, and trees that only say what to start."""

from tests.features.operations.detection.apps import App, package

SWIFT = 'let package = Package(name: "site", targets: [.executableTarget(name: "Run", path: "Sources")])\n'

OTHERS = [
    App(
        "nixpacks crystal",
        {"shard.yml": "name: crystal\ntargets:\n  crystal:\n    main: src/crystal.cr\n", "src/crystal.cr": ""},
        *("crystal", "shards", "shards build --release", "./bin/crystal"),
    ),
    App(
        "nixpacks dart",
        {"pubspec.yaml": "name: x\n", "bin/console_simple.dart": "", "pubspec.lock": ""},
        *("dart", "pub", "dart compile exe bin/console_simple.dart", "./bin/console_simple.exe"),
    ),
    App(
        "railpack flutter-web",
        {"pubspec.yaml": "dependencies:\n  flutter:\n    sdk: flutter\n", "lib/main.dart": "", "web/index.html": ""},
        *("dart", "pub", "flutter build web", None),
        output="build/web",
    ),
    App(
        "nixpacks basic_gleam",
        {"gleam.toml": 'name = "x"\n', "src/x.gleam": ""},
        "gleam",
        "gleam",
        "gleam build",
        "gleam run",
    ),
    App(
        "nixpacks haskell-stack",
        {"package.yaml": "name: x\nexecutables:\n  x-exe:\n    main: Main.hs\n", "stack.yaml": "", "Setup.hs": ""},
        *("haskell", "stack", "stack build", "stack exec x-exe"),
    ),
    App(
        "nixpacks swift-vapor",
        {"Package.swift": SWIFT, "Sources/main.swift": ""},
        "swift",
        "swiftpm",
        "swift build -c release",
        "./.build/release/Run",
    ),
    App(
        "nixpacks zig",
        {"build.zig": 'const exe = b.addExecutable(.{ .name = "hello", });\n', "src/main.zig": ""},
        *("zig", "zig", "zig build -Doptimize=ReleaseSafe", "./zig-out/bin/hello"),
    ),
    App("nixpacks nim", {"site.nimble": "", "src/site.nim": ""}, "nim", "nimble", "nimble build -y", "./site"),
    App(
        "railpack cpp-cmake",
        {"CMakeLists.txt": "project(x)\nadd_executable(hello main.cpp)\n", "main.cpp": ""},
        *("cpp", "cmake", "cmake -B build -S . && cmake --build build", "./build/hello"),
    ),
    App(
        "nixpacks node-rust",
        {
            "package.json": package(main="index.js"),
            "index.js": "",
            "Cargo.toml": '[package]\nname = "x"\n',
            "src/main.rs": "",
        },
        *("node", "npm", None, "node index.js"),
    ),
    App(
        "vercel elysia",
        {
            "package.json": package({"dev": "bun run --watch src/index.ts"}, ["elysia"], ["bun-types"]),
            "src/index.ts": "",
        },
        *("bun", "bun", None, "bun run src/index.ts", "elysia"),
    ),
    App(
        "nixpacks clojure-ring-app",
        {"project.clj": ':plugins [[lein-ring "0.12.5"]]\n:main hello\n'},
        "java",
        "leiningen",
        "lein ring uberjar",
        "java -jar $(ls target/*-standalone.jar target/uberjar/*-standalone.jar | head -n 1)",
    ),
    App("nixpacks shell-script", {"start.sh": "echo hi\n"}, None, None, None, "sh start.sh"),
    App("only a Procfile", {"Procfile": "web: ./run\n", "run": ""}, None, None, None, "./run"),
    App(
        "railway templates deno-oak",
        {
            "deps.ts": 'export { Application } from "https://deno.land/x/oak/mod.ts"\n',
            "src/index.ts": "",
            "Dockerfile": "",
        },
        *("deno", "deno", None, "deno run --allow-all src/index.ts"),
    ),
    App(
        "package.json with a comma too many",
        {"package.json": '{"scripts": {"build": "tsc", "start": "node ."}, "devDependencies": {"typescript": "4",},}'},
        *("node", "npm", "tsc", "node ."),
    ),
]
