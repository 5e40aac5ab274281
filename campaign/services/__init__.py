"""The use cases: each public function is one thing that somebody wants done, in one transaction."""
