"""What the name of a file says about it."""

MAX_BYTES = 400_000  # larger texts are data or generated, Fastest 11.3

CODE = frozenset({"bash", "c", "cpp", "go", "java", "javascript", "php", "python", "ruby", "rust", "tsx", "typescript"})
"""Languages whose files declare symbols."""

_SUFFIXES = {
    "bash": "bash",
    "c": "c",
    "cc": "cpp",
    "cjs": "javascript",
    "cpp": "cpp",
    "cts": "typescript",
    "cxx": "cpp",
    "go": "go",
    "h": "c",
    "hh": "cpp",
    "hpp": "cpp",
    "hxx": "cpp",
    "java": "java",
    "js": "javascript",
    "jsx": "javascript",
    "markdown": "markdown",
    "md": "markdown",
    "mdx": "markdown",
    "mjs": "javascript",
    "mts": "typescript",
    "php": "php",
    "py": "python",
    "pyi": "python",
    "pyw": "python",
    "rake": "ruby",
    "rb": "ruby",
    "rs": "rust",
    "sh": "bash",
    "ts": "typescript",
    "tsx": "tsx",
    "zsh": "bash",
}
_NAMES = {
    "Cargo.toml": "cargo-toml",
    "Gemfile": "ruby",
    "Rakefile": "ruby",
    "go.mod": "go-mod",
    "jsconfig.json": "tsconfig",
    "package.json": "package-json",
}
_BINARY_SUFFIXES = """
7z a avi bin bmp bz2 class db dll dylib eot exe flac gif gz ico jar jpeg jpg lib lz4 m4a m4v mkv mov mp3 mp4 o obj ogg
otf pdf png psd pyc pyo rar so sqlite tar tgz tif tiff ttf war wasm wav webm webp woff woff2 xls xlsx xz zip zst
"""
_BINARY = frozenset(_BINARY_SUFFIXES.split())
_TEST_FOLDERS = ("/test/", "/tests/", "/__tests__/")


def language_of(path: str) -> str | None:
    """Return the language of a file, `text` where its name says none, None for what is no text by its name."""
    name = path.rpartition("/")[2]
    if name in _NAMES:
        return _NAMES[name]
    if name.startswith("tsconfig") and name.endswith(".json"):
        return "tsconfig"
    suffix = name.rpartition(".")[2].lower() if "." in name else ""
    return None if suffix in _BINARY else _SUFFIXES.get(suffix, "text")


def is_test(path: str) -> bool:
    """Say whether a file holds tests, by its path (Fastest 12.4)."""
    name = path.rpartition("/")[2]
    if any(folder in f"/{path}" for folder in _TEST_FOLDERS) or ".test." in name or ".spec." in name:
        return True
    return (name.startswith("test_") and name.endswith(".py")) or name.endswith(("_test.go", "_test.py"))
