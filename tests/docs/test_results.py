"""The results file: one table of ratios over all benchmarks, of which a later run replaces only what it measured."""

from bench.report import Report, at_least, at_most
from bench.results import merge, stamp

MONDAY, TUESDAY = "2026-01-05 10:00", "2026-01-06 10:00"


def report(name: str, run: str, figure: float) -> Report:
    made = Report(name, f"what {name} is about")
    made.alone(f"{name} figure", figure, at_most(10, "ms"))
    made.table(["a"], [[figure]])
    made.note(stamp(run, 3))
    return made


def test_the_first_table_gathers_the_headlines_and_says_which_are_missed() -> None:
    made = Report("push", "pushes")
    made.against("push", "1.00 s", "git, 2.00 s", 0.5, at_most(0.5))
    made.against("clone", "1.02 s", "git, 2.00 s", 0.51, at_most(0.5))
    made.against("requests", "2 a second", "bare, 4 a second", 0.5, at_least(0.4))
    made.alone("memory", 101, at_most(100, "MiB"), digits=0)
    made.absent("backup", "1.00 s", "restic", at_most(0.6))
    other = Report("a benchmark without a peer", "what comes after those with one")
    other.alone("figure", 1, at_most(1))
    lines = merge("", [other, made], MONDAY, "a machine").splitlines()
    assert [line.split(" | ")[1] for line in lines if MONDAY in line and "a machine" not in line] == [
        *("push", "clone", "requests", "backup"),
        *("figure", "memory"),
    ]
    assert "| push | push | 1.00 s | git, 2.00 s | 0.50 | ≤ 0.5 | held | 2026-01-05 10:00 |" in lines
    assert "| push | clone | 1.02 s | git, 2.00 s | 0.51 | ≤ 0.5 | **missed** | 2026-01-05 10:00 |" in lines
    assert "| push | requests | 2 a second | bare, 4 a second | 0.50 | ≥ 0.4 | held | 2026-01-05 10:00 |" in lines
    assert "| push | memory | 101 MiB | - |  | ≤ 100 MiB | **missed** | 2026-01-05 10:00 |" in lines
    assert "| push | backup | 1.00 s | no restic here |  | ≤ 0.6 | not compared | 2026-01-05 10:00 |" in lines


def test_a_later_run_replaces_what_it_measured_and_keeps_the_rest() -> None:
    first = merge("", [report("one", MONDAY, 1), report("two", MONDAY, 2)], MONDAY, "a machine")
    later = merge(first, [report("two", TUESDAY, 22)], TUESDAY, "another machine")
    assert "| one | one figure | 1.0 ms | - |  | ≤ 10 ms | held | 2026-01-05 10:00 |" in later
    assert "| two | two figure | 22.0 ms | - |  | ≤ 10 ms | **missed** | 2026-01-06 10:00 |" in later
    assert "| two | two figure | 2.0 ms" not in later
    assert "| 2026-01-05 10:00 | one | a machine |" in later
    assert "| 2026-01-06 10:00 | two | another machine |" in later
    assert later.index("## ratios") < later.index("## runs") < later.index("## one") < later.index("## two")
    assert "Run of 2026-01-05 10:00, 3 s." in later


def test_writing_the_same_run_twice_changes_nothing() -> None:
    once = merge("", [report("one", MONDAY, 1)], MONDAY, "a machine")
    assert merge(once, [report("one", MONDAY, 1)], MONDAY, "a machine") == once


def test_a_run_of_which_nothing_is_left_is_left_out() -> None:
    first = merge("", [report("one", MONDAY, 1)], MONDAY, "a machine")
    assert MONDAY not in merge(first, [report("one", TUESDAY, 2)], TUESDAY, "a machine")
