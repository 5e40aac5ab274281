"""A small HTTP client that costs little beside the server it measures: reused connections, one process, no library.

`closed_loop` sends as fast as answers come (how much); `open_loop` sends on a timetable that does not wait for answers
(how long), so a server that stalls is charged for everybody who would have come meanwhile.
"""

import asyncio
import re
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

HEAD_END = b"\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
BROWSER = (
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n"
    "Accept-Language: ru,en;q=0.5\r\nAccept-Encoding: gzip, deflate, br\r\nSec-Fetch-Site: same-origin\r\n"
)
"""What a browser sends with every request."""
MAX_ANSWER_SECONDS = 30.0


class NotMeasured(Exception):
    """A figure could not be taken; the message says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, head and body as bytes."""

    status: int
    head: bytes
    body: bytes

    def header(self, name: str) -> str:
        """A header's value; nothing where it is missing."""
        match = re.search(rf"\r\n{name}: *([^\r]*)".encode("ascii"), self.head, re.IGNORECASE)
        return match[1].decode("latin-1") if match else ""


@dataclass(slots=True)
class Measured:
    """A run: how many answers of each status, how long it took, and each answer's latency in milliseconds."""

    seconds: float
    latencies_ms: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        return sum(self.statuses.values()) / self.seconds

    def percentile_ms(self, share: float) -> float:
        """The latency below which `share` of the answers stayed."""
        if not self.latencies_ms:
            raise NotMeasured("no answers came")
        ordered = sorted(self.latencies_ms)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    def require(self, *statuses: int) -> "Measured":
        """Raise NotMeasured when other answers came than these: a fast error page is no figure."""
        if self.statuses.keys() - set(statuses):
            raise NotMeasured(f"expected {statuses}, got {self.statuses}")
        return self


def get(path: str, *, headers: str = "") -> bytes:
    """The bytes of a browser's GET."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{BROWSER}{headers}\r\n".encode("ascii")


def post(path: str, body: bytes, *, headers: str) -> bytes:
    """The bytes of a POST."""
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode("ascii")
        + body
    )


class Connection(asyncio.Protocol):
    """One reused connection with one request on the way at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._chunks = bytearray()
        self._answer: asyncio.Future[Answer] | None = None

    @classmethod
    async def open(cls, port: int, *, source: str | None = None) -> "Connection":
        """Connect; `source` is the address on this machine to come from, for limits that count by address."""
        loop = asyncio.get_running_loop()
        local = (source, 0) if source else None
        _, made = await loop.create_connection(cls, "127.0.0.1", port, local_addr=local)
        return made

    async def ask(self, request: bytes) -> Answer:
        """Send a request and wait for its answer."""
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    @property
    def is_open(self) -> bool:
        """Whether the server still keeps it; a browser too opens another one then."""
        return self._transport is not None and not self._transport.is_closing()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._chunks += data
        end = self._chunks.find(HEAD_END)
        if end < 0:
            return
        match = LENGTH.search(self._chunks, 0, end)
        whole = end + len(HEAD_END) + (int(match[1]) if match else 0)
        if len(self._chunks) < whole or self._answer is None or self._answer.done():
            return
        received = bytes(self._chunks)
        self._chunks.clear()
        self._answer.set_result(Answer(int(received[9:12]), received[:end], received[end + len(HEAD_END) : whole]))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionError("the server closed the connection"))


def ask_once(port: int, request: bytes) -> Answer:
    """One request on a connection of its own."""

    async def ask() -> Answer:
        connection = await Connection.open(port)
        try:
            async with asyncio.timeout(MAX_ANSWER_SECONDS):
                return await connection.ask(request)
        finally:
            connection.close()

    return asyncio.run(ask())


def closed_loop(port: int, requests: Callable[[], bytes], *, connections: int, seconds: float) -> Measured:
    """As many requests as the server answers on so many connections; each sends the next when it has its answer."""

    async def run() -> Measured:
        open_ones = [await Connection.open(port) for _ in range(connections)]
        measured = Measured(seconds=0.0)
        begin = time.perf_counter()
        await asyncio.gather(*(_ask_until(begin + seconds, one, requests, measured) for one in open_ones))
        measured.seconds = time.perf_counter() - begin
        for one in open_ones:
            one.close()
        return measured

    return asyncio.run(run())


async def _ask_until(end: float, connection: Connection, requests: Callable[[], bytes], measured: Measured) -> None:
    while time.perf_counter() < end:
        _count(measured, await connection.ask(requests()))


@dataclass(frozen=True, slots=True)
class Visitors:
    """People who come on a timetable, in turn: each of `connections` stays open and is used again when its turn comes."""

    name: str
    per_second: float
    requests: Callable[[], bytes]
    connections: int = 1  # each is opened at its first turn; more are opened while all of them wait
    sources: Iterator[str] | None = None  # addresses to come from: then each request has a connection of its own


def open_loop(port: int, visitors: list[Visitors], *, seconds: float) -> dict[str, Measured]:
    """All visitors at once; latencies count from the moment at which a request should have been sent."""

    async def run() -> dict[str, Measured]:
        kinds = [asyncio.create_task(_visit(port, one, seconds=seconds)) for one in visitors]
        return dict(zip((one.name for one in visitors), await asyncio.gather(*kinds), strict=True))

    return asyncio.run(run())


async def _visit(port: int, visitors: Visitors, *, seconds: float) -> Measured:
    measured = Measured(seconds=seconds)
    idle: deque[Connection] = deque()
    begin = time.perf_counter()
    tasks: list[asyncio.Task[None]] = []
    for number in range(int(visitors.per_second * seconds)):
        due = begin + number / visitors.per_second
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        idle_connection = idle.popleft() if idle and number >= visitors.connections else None
        tasks.append(asyncio.create_task(_visit_once(port, visitors, idle_connection, idle, measured, due)))
    await asyncio.gather(*tasks)
    for connection in idle:
        connection.close()
    return measured


async def _visit_once(
    port: int,
    visitors: Visitors,
    idle_connection: Connection | None,
    idle: deque[Connection],
    measured: Measured,
    due: float,
) -> None:
    source = next(visitors.sources) if visitors.sources else None
    connection = (
        idle_connection if idle_connection and idle_connection.is_open else await Connection.open(port, source=source)
    )
    try:
        async with asyncio.timeout(MAX_ANSWER_SECONDS):
            _count(measured, await connection.ask(visitors.requests()))
    except (TimeoutError, ConnectionError):
        measured.statuses[0] = measured.statuses.get(0, 0) + 1
        connection.close()
    else:
        if source is None:
            idle.append(connection)
        else:
            connection.close()
    measured.latencies_ms.append((time.perf_counter() - due) * 1000)


def _count(measured: Measured, answer: Answer) -> None:
    measured.statuses[answer.status] = measured.statuses.get(answer.status, 0) + 1


def loopback_addresses() -> Iterator[str]:
    """127.1.0.1, 127.1.1.1, …, each in another network: the whole block is this machine's own on Linux."""
    for second in range(1, 255):
        for fourth in range(1, 255):
            for third in range(256):
                yield f"127.{second}.{third}.{fourth}"


def wait_until_it_answers(port: int, path: str, *, timeout_seconds: float) -> Answer:
    """Ask until there is a 200; NotMeasured when the time is over."""
    deadline = time.perf_counter() + timeout_seconds
    while time.perf_counter() < deadline:
        with suppress(OSError):
            answer = ask_once(port, get(path))
            if answer.status == 200:
                return answer
        time.sleep(0.01)
    raise NotMeasured(f"no answer from {path} within {timeout_seconds:.0f} s")
