"""A stand-in for Stripe on loopback, connected to the product by HTTP alone, for development and tests.

It imports nothing of the product, and the product imports nothing of it. Entry points: `python -m campaign.sandbox` and
`campaign.sandbox.server.Sandbox`.
"""
