"""What several groups of tests share: builders, fakes, databases, pages."""
