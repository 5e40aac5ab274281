"""The addresses of the return page that the first gift of a test leads to."""

CHECKOUT = "cs_test_000001"
THANKS = f"/en/thanks?s={CHECKOUT}"
STATE = f"/en/thanks/state?s={CHECKOUT}"
