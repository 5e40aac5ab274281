"""The double-entry ledger: its only writer, its reports, and the rules that it must satisfy."""
