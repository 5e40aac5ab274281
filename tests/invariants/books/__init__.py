"""The proof of the books: random histories against a model, attacks on the tables, crashes, and bugs seeded on purpose."""
