"""The console keeps to the server's own document, and its pure modules to their tests."""

from tools import console


def test_the_console_fits_the_document_of_the_server() -> None:
    console.install()
    console.check()
