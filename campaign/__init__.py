"""Kurak: a crowdfunding campaign site with a donation engine that an organisation runs itself."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from campaign.config import Config
    from campaign.gateways.context import Context


def create_app(config: "Config", context: "Context | None" = None) -> "Flask":
    """Build the web application. Tests pass their own gateways; otherwise they are made from the configuration."""
    from campaign.app_factory import compose  # late, so that the sandbox's process does not load the product

    return compose(config, context)
