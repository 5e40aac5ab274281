"""Which process is the worker; it is known only while it lives."""

import os
from pathlib import Path

from campaign.gateways.worker_process import living_worker, named_in, note_early_death


def test_a_worker_is_named_while_it_lives(tmp_path: Path) -> None:
    file = tmp_path / "worker.pid"
    with named_in(file):
        assert living_worker(file) == os.getpid()


def test_a_number_that_was_left_behind_is_nobody_s(tmp_path: Path) -> None:
    """After a crash it may be the number of any other program, which nobody must kill."""
    file = tmp_path / "worker.pid"
    file.write_text(str(os.getpid()), encoding="ascii")
    assert living_worker(file) is None
    assert living_worker(tmp_path / "none") is None


def test_a_worker_learns_whether_the_one_before_it_died(tmp_path: Path) -> None:
    file = tmp_path / "worker.pid"
    with named_in(file) as has_died:
        assert not has_died  # there was none
    with named_in(file) as has_died:
        assert not has_died  # it came to its end
        unfinished = file.read_bytes()
    file.write_bytes(unfinished)
    with named_in(file) as has_died:
        assert has_died


def test_of_two_workers_the_first_one_stays_the_named_one(tmp_path: Path) -> None:
    file = tmp_path / "worker.pid"
    with named_in(file):
        with named_in(file):
            assert living_worker(file) == os.getpid()
        assert living_worker(file) == os.getpid()


def test_deaths_before_the_pid_was_written_are_counted_once_each(tmp_path: Path) -> None:
    file = tmp_path / "worker.pid"
    with named_in(file):
        note_early_death(file, 41)  # another worker holds the file: that one is well
        unfinished = file.read_bytes()
    file.write_bytes(unfinished)
    note_early_death(file, os.getpid())  # it had written itself down
    note_early_death(file, 42)
    note_early_death(file, 43)
    assert living_worker(file) is None
    with named_in(file) as deaths:
        assert deaths == 3
        assert living_worker(file) == os.getpid()
    with named_in(file) as deaths:
        assert deaths == 0
