"""A stand-in for Stripe on loopback: joined to the product by HTTP alone, for development and tests.

It imports nothing of the product and nothing of the product imports it. Entry points:
``python -m campaign.sandbox`` and :class:`campaign.sandbox.server.Sandbox`.
"""
