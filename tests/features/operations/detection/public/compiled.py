"""Go, Rust, Java, Scala, Clojure and .NET apps."""

from tests.features.operations.detection.apps import App, package

SPRING = "<artifactId>spring-boot-maven-plugin</artifactId><groupId>org.springframework.boot</groupId>"
WEB = '<Project Sdk="Microsoft.NET.Sdk.Web"><TargetFramework>net9.0</TargetFramework></Project>'
MVN = "mvn -DskipTests package"

COMPILED = [
    App("nixpacks go", {"main.go": "package main\n"}, "go", "go", None, "go run main.go"),
    App(
        "heroku go-getting-started",
        {
            "go.mod": "module github.com/heroku/go-getting-started\n\ngo 1.21\n\nrequire github.com/gin-gonic/gin v1\n",
            "main.go": "package main\n",
            "Procfile": "web: bin/go-getting-started\n",
        },
        *("go", "go", "go build -o bin/ ./...", "bin/go-getting-started", "gin", "1.21"),
    ),
    App(
        "go beside tailwind",
        {
            "go.mod": "module x\ngo 1.22\n",
            "main.go": "package main\n",
            "package.json": package({"css": "tailwindcss"}, dev=["tailwindcss"]),
            "tailwind.config.js": "",
        },
        *("go", "go", None, "go run ."),
    ),
    App(
        "go, only commands",
        {"go.mod": "module x\ngo 1.22\n", "cmd/hello/main.go": "package main\n", "internal/a.go": "package a\n"},
        *("go", "go", None, "go run ./cmd/hello"),
    ),
    App(
        "render rocket-rust-hello-world",
        {
            "Cargo.toml": '[package]\nname = "hello"\n[dependencies]\nrocket = "0.5"\n',
            "src/main.rs": "",
            "Cargo.lock": "",
        },
        "rust",
        "cargo",
        "cargo build --release",
        "ROCKET_ADDRESS=0.0.0.0 ROCKET_PORT=$PORT ./target/release/hello",
        "rocket",
    ),
    App(
        "rust with a second program",
        {
            "Cargo.toml": '[package]\nname = "site"\n[[bin]]\nname = "tool"\npath = "src/bin/tool.rs"\n',
            "src/main.rs": "",
            "src/bin/tool.rs": "",
        },
        *("rust", "cargo", "cargo build --release", "./target/release/site"),
    ),
    App(
        "rust beside tailwind",
        {
            "Cargo.toml": '[package]\nname = "site"\n[dependencies]\naxum = "0.7"\n',
            "src/main.rs": "",
            "package.json": package({"css": "tailwindcss"}, dev=["tailwindcss"]),
            "tailwind.config.js": "",
        },
        *("rust", "cargo", "cargo build --release", "./target/release/site", "axum"),
    ),
    App(
        "rust toolchain file",
        {
            "Cargo.toml": '[package]\nname = "x"\n',
            "src/main.rs": "",
            "rust-toolchain.toml": '[toolchain]\nchannel = "1.75.0"\n',
        },
        *("rust", "cargo", "cargo build --release", "./target/release/x", None, "1.75.0"),
    ),
    App(
        "heroku java-getting-started",
        {
            "pom.xml": f"{SPRING}<java.version>17</java.version>",
            "Procfile": "web: java -Dserver.port=$PORT -jar target/java-getting-started-1.0.0.jar\n",
            "mvnw": "",
            "system.properties": "java.runtime.version=21\n",
        },
        "java",
        "maven",
        "./mvnw -DskipTests package",
        "java -Dserver.port=$PORT -jar target/java-getting-started-1.0.0.jar",
        "spring-boot",
        "21",
    ),
    App(
        "jhipster, java beside angular",
        {
            "pom.xml": SPRING,
            "mvnw": "",
            "package.json": package({"start": "ng serve", "build": "ng build"}, ["@angular/core"]),
            "angular.json": "{}",
            "jest.conf.js": "",
        },
        *("java", "maven", "./mvnw -DskipTests package", "java -jar target/*.jar --server.port=$PORT", "spring-boot"),
    ),
    App(
        "maven of several modules",
        {
            "pom.xml": "<packaging>pom</packaging><modules><module>lib</module><module>app</module></modules>",
            "lib/pom.xml": "<project/>",
            "app/pom.xml": SPRING,
        },
        *("java", "maven", MVN, "java -jar app/target/*.jar --server.port=$PORT", "spring-boot"),
    ),
    App(
        "spring as a war",
        {"pom.xml": f"<packaging>war</packaging>{SPRING}"},
        *("java", "maven", MVN, "java -jar target/*.war --server.port=$PORT", "spring-boot"),
    ),
    App(
        "quarkus",
        {"pom.xml": "<groupId>io.quarkus</groupId>", "mvnw": ""},
        "java",
        "maven",
        "./mvnw -DskipTests package",
        "java -Dquarkus.http.port=$PORT -jar target/quarkus-app/quarkus-run.jar",
        "quarkus",
    ),
    App(
        "gradle init",
        {
            "settings.gradle.kts": 'rootProject.name = "hello"\ninclude("app")\n',
            "gradlew": "",
            "app/build.gradle.kts": "plugins {\n    application\n}\n",
            "app/src/main/java/App.java": "",
        },
        "java",
        "gradle",
        "./gradlew build -x test",
        "tar -xf app/build/distributions/*.tar -C app/build && ./app/build/app*/bin/app",
    ),
    App(
        "spring by gradle in a module",
        {
            "settings.gradle": "include 'server'\n",
            "gradlew": "",
            "server/build.gradle": "id 'org.springframework.boot' version '3.3.0'\n",
        },
        "java",
        "gradle",
        "./gradlew build -x test",
        "java -jar $(ls server/build/libs/*.jar | grep -v -- -plain.jar | head -n 1) --server.port=$PORT",
        "spring-boot",
    ),
    App(
        "heroku scala-getting-started",
        {
            "build.sbt": 'name := "x"\n',
            "project/build.properties": "sbt.version=1.9.7\n",
            "Procfile": "web: target/universal/stage/bin/x -Dhttp.port=${PORT}\n",
        },
        *("java", "sbt", "sbt stage", "target/universal/stage/bin/x -Dhttp.port=${PORT}"),
    ),
    App(
        "sbt without a Procfile",
        {"build.sbt": 'lazy val root = (project in file(".")).settings(name := "shop")\n', "project/plugins.sbt": ""},
        *("java", "sbt", "sbt stage", "./target/universal/stage/bin/shop"),
    ),
    App(
        "heroku clojure-getting-started",
        {"project.clj": '(defproject hello "1.0.0" :uberjar-name "hello-standalone.jar")\n', "src/hello/web.clj": ""},
        *("java", "leiningen", "lein uberjar", "java -jar target/hello-standalone.jar"),
    ),
    App(
        "nixpacks csharp-api",
        {"csharp-api.csproj": WEB, "Program.cs": "", "global.json": '{"sdk": {"version": "9.0.100"}}'},
        "dotnet",
        "nuget",
        "dotnet publish -c Release -o out",
        "dotnet out/csharp-api.dll --urls http://0.0.0.0:$PORT",
        "aspnet",
        "9.0",
    ),
    App(
        "nixpacks fsharp-cli",
        {"fsharp-cli.fsproj": '<Project Sdk="Microsoft.NET.Sdk"><OutputType>Exe</OutputType>', "Program.fs": ""},
        *("dotnet", "nuget", "dotnet publish -c Release -o out", "dotnet out/fsharp-cli.dll"),
    ),
    App(
        "dotnet without a solution at the top",
        {"src/Shop/Shop.csproj": WEB, "src/Shop/Program.cs": "", "README.md": ""},
        "dotnet",
        "nuget",
        "dotnet publish src/Shop/Shop.csproj -c Release -o out",
        "dotnet out/Shop.dll --urls http://0.0.0.0:$PORT",
        "aspnet",
    ),
    App(
        "blazor in the browser",
        {"App.csproj": '<Project Sdk="Microsoft.NET.Sdk.BlazorWebAssembly"><TargetFramework>net8.0<', "Program.cs": ""},
        *("dotnet", "nuget", "dotnet publish -c Release -o out", None, "blazor", "8.0"),
        output="out/wwwroot",
    ),
]
