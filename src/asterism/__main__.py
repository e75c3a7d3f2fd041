"""`python -m asterism` is the command line."""

from asterism.cli.main import run

run()
