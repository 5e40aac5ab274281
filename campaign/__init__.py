"""Kurak: a crowdfunding campaign site with a donation engine that an organisation runs itself."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from campaign.config import Config
    from campaign.gateway_registry import Gateways


def create_app(config: "Config", gateways: "Gateways | None" = None) -> "Flask":
    """The web application, whole. Tests hand their own gateways in; else they are made from the configuration."""
    from campaign.app_factory import compose  # late, so that the sandbox's process does not load the product

    return compose(config, gateways)
