"""For the server: the bare page of `bare`."""

from tests.bench.bare import make_page

app = make_page()
