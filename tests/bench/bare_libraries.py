"""For the server: the bare page of `bare`, with everybody else's libraries loaded."""

from tests.bench.bare import make_libraries

app = make_libraries()
