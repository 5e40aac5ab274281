"""The product lives in the sandbox's time: what takes weeks can be rehearsed in an afternoon."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from campaign.gateways.clock import SandboxClock, SystemClock
from tests.sandbox.running import running_sandbox

WEEK_SECONDS = 7 * 86_400


def test_the_product_is_where_the_sandbox_was_moved_to(tmp_path: Path) -> None:
    clock = SandboxClock(tmp_path / "ahead_seconds")
    with running_sandbox(tmp_path) as sandbox:
        assert abs(clock.now() - SystemClock().now()) < timedelta(seconds=5)
        sandbox.advance(WEEK_SECONDS)
        assert clock.now() - SystemClock().now() > timedelta(days=6)
    with running_sandbox(tmp_path):
        assert clock.now() - SystemClock().now() > timedelta(days=6)


def test_a_past_for_the_demo_does_not_take_the_product_back(tmp_path: Path) -> None:
    with running_sandbox(tmp_path) as sandbox:
        sandbox.sandbox.box.rewind(WEEK_SECONDS)
    clock = SandboxClock(tmp_path / "ahead_seconds")
    assert abs(clock.now() - SystemClock().now()) < timedelta(seconds=5)


def test_many_who_move_the_clock_at_once_move_it_as_far_as_all_of_them_together(tmp_path: Path) -> None:
    with running_sandbox(tmp_path) as sandbox:

        def move(_number: int) -> None:
            for _ in range(20):
                sandbox.sandbox.box.advance(1)

        with ThreadPoolExecutor(8) as people:
            list(people.map(move, range(8)))  # whoever failed is told here
        assert (tmp_path / "ahead_seconds").read_text(encoding="ascii") == str(8 * 20)


def test_without_a_sandbox_beside_it_the_machine_tells_the_time(tmp_path: Path) -> None:
    assert abs(SandboxClock(tmp_path / "ahead_seconds").now() - SystemClock().now()) <= timedelta(seconds=5)
