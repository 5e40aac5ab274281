"""A run of tests as a whole: it speaks to no other machine, keeps its files in memory and begins with the longest."""

import gc
import os
import shutil
import socket
import sys
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from passlib.hash import argon2  # type: ignore[import-untyped]

from tests.support.compile_cache import keep_compiled

LONGEST = frozenset(
    {
        "test_chaos",
        "test_crashes",
        "test_every_page",
        "test_giving",
        "test_histories",
        "test_orders",
        "test_seeded_bugs",
        "test_serve",
    }
)
ARGON2_CHEAP = {"default_rounds": 1, "memory_cost": 8, "parallelism": 1}
ARGON2_AS_SHIPPED = {name: getattr(argon2, name) for name in ARGON2_CHEAP}
"""What a password costs the product: a fifth of a second of a core, each time."""
MEMORY = Path("/dev/shm")  # noqa: S108  # pytest makes folders of its own there
"""Where files cost no waiting for a disk: nothing of a test must outlive the power."""
MEMORY_NEEDED_BYTES = 1_000_000_000


def pytest_configure() -> None:
    sys.addaudithook(_refuse_foreign_hosts)
    keep_compiled()
    for name, cost in ARGON2_CHEAP.items():
        setattr(argon2, name, cost)
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > MEMORY_NEEDED_BYTES:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def _refuse_foreign_hosts(event: str, arguments: tuple[Any, ...]) -> None:
    """Nothing in a test may leave the machine."""
    if event == "socket.connect" and arguments[0].family in {socket.AF_INET, socket.AF_INET6}:
        host = arguments[1][0]
        if host != "localhost" and not ip_address(host).is_loopback:
            raise RuntimeError(f"a test wanted to connect to {host}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, after they have been shuffled: begun last, one would keep a single worker busy at the end."""
    items.sort(key=lambda item: item.path.stem not in LONGEST)


def pytest_collection_finish() -> None:
    """What is loaded by now stays: to look at it again and again for garbage costs a tenth of the whole run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
