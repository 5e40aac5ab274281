"""For the server: the bare inbox of `bare`."""

from tests.bench.bare import make_inbox

app = make_inbox()
