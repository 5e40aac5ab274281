"""The fire drill: a synthetic week against the running installation, in the sandbox, and the report of its results."""
