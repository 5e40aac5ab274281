"""The use cases: each public function is one action of a person or a job, in one transaction."""
