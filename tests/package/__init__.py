"""The package, built and installed into an empty environment; run by `make package`, not by the suite."""
