"""The app factory: builds the app from all its parts."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit
from wsgiref.types import WSGIApplication

import click
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from campaign import i18n, jobs
from campaign.blueprints import admin, api, donations, health, my, public
from campaign.blueprints.donations.webhooks import WebhookMiddleware
from campaign.config import Config, refuse_to_serve
from campaign.database import set_up_database
from campaign.days import OWN_ZONE
from campaign.extensions import babel, csrf, db, limiter
from campaign.gateway_registry import set_context
from campaign.gateways.context import Context
from campaign.project import MIGRATIONS
from campaign.services import live_scope
from campaign.services.organisation.time_zone import OwnZone
from campaign.web import (
    error_pages,
    language_converter,
    markdown,
    page_cache,
    preparation,
    security_headers,
    static_files,
    table_labels,
    template_cache,
)
from campaign.web.client_address import ClientAddressMiddleware
from campaign.web.page_cache import PageCacheMiddleware
from campaign.web.request_bodies import RequestBodyMiddleware, is_signed_in

BODY_LIMIT_BYTES = 1_000_000
REDIS_TIMEOUT_SECONDS = 0.5
"""How long a request waits for Redis, which counts the requests of all processes."""


def compose(config: Config, context: Context | None) -> Flask:
    """Build the app from its configuration, with all blueprints, filters, handlers and commands."""
    is_command = click.get_current_context(silent=True) is not None
    if not is_command:
        refuse_to_serve(config)
    app = Flask("campaign", instance_path=str(config.instance_dir))
    app.config.update(_flask_settings(config), KURAK=config)
    db.init_app(app)
    set_up_database(app)
    csrf.init_app(app)
    limiter.init_app(app)
    _remove_hook_of_global_limits(app)
    i18n.init_app(app, babel)
    language_converter.init_app(app)
    static_files.init_app(app)
    markdown.init_app(app)
    table_labels.init_app(app)
    template_cache.init_app(app)
    page_cache.init_app(app)
    security_headers.init_app(app)
    error_pages.init_app(app)
    preparation.init_app(app)
    jobs.init_app(app)
    set_context(app, context)
    live_scope.watch_queries()
    app.extensions[OWN_ZONE] = OwnZone()
    for blueprint in (health.bp, donations.bp, donations.webhook_bp, public.bp, my.bp, api.bp, admin.bp):
        app.register_blueprint(blueprint)
    admin.init_app(app)
    if config.is_development:
        _add_development_pages(app, config)
    if config.testing or is_command:
        _add_commands(app)
    app.wsgi_app = _with_middleware(app, config)  # type: ignore[method-assign, assignment]  # as Flask wants it
    return app


def _with_middleware(app: Flask, config: Config) -> WSGIApplication:
    """Return the WSGI chain. A request passes it from the last line of the list to the first, then reaches Flask."""
    chain: list[Callable[[WSGIApplication], WSGIApplication]] = [
        PageCacheMiddleware,
        partial(WebhookMiddleware, flask=app),
        partial(RequestBodyMiddleware, length_max=BODY_LIMIT_BYTES, may_upload=partial(is_signed_in, flask=app)),
    ]
    if config.proxies:
        chain += [
            partial(ClientAddressMiddleware, proxies=config.proxies, header=config.proxy_header),
            partial(ProxyFix, x_for=0, x_proto=config.proxies),
        ]
    wsgi_app: WSGIApplication = app.wsgi_app
    for middleware in chain:
        wsgi_app = middleware(wsgi_app)
    return wsgi_app


def _remove_hook_of_global_limits(app: Flask) -> None:
    """Let Flask-Limiter check the limits of views alone: there are no others, and its hook runs on every request."""
    hooks = app.before_request_funcs[None]
    hooks[:] = [hook for hook in hooks if hook != limiter._check_request_limit]  # noqa: SLF001


def _flask_settings(config: Config) -> dict[str, object]:
    is_https = config.public_url.startswith("https://")
    return {
        "SECRET_KEY": config.secret_key,
        "SQLALCHEMY_DATABASE_URI": config.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(config.database_url),
        "MAX_CONTENT_LENGTH": BODY_LIMIT_BYTES,
        "MAX_FORM_MEMORY_SIZE": 200_000,
        "SESSION_COOKIE_NAME": "__Host-staff" if is_https else "staff",
        "SESSION_COOKIE_SECURE": is_https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=10),
        "SESSION_REFRESH_EACH_REQUEST": False,  # a public answer that caches keep must not carry somebody's cookie
        "WTF_CSRF_CHECK_DEFAULT": False,  # public forms rest on Sec-Fetch-Site and Origin; staff forms add a token
        "TRUSTED_HOSTS": None
        if config.is_development
        else [urlsplit(config.public_url).hostname, "127.0.0.1", "localhost"],
        "WTF_CSRF_SSL_STRICT": False,  # the origin is checked for all forms (security_headers); some browsers send no referrer
        "RATELIMIT_STORAGE_URI": config.limits_url,
        "RATELIMIT_STORAGE_OPTIONS": _limits_options(config.limits_url),
        "RATELIMIT_IN_MEMORY_FALLBACK_ENABLED": True,  # while Redis is down, each process counts for itself
        "RATELIMIT_SWALLOW_ERRORS": True,  # for requests that were under way when another found Redis down
        "RATELIMIT_ENABLED": not config.testing,
        "TESTING": config.testing,
    }


def _limits_options(url: str) -> dict[str, object]:
    """Return options with which a silent Redis delays nobody for long, and raises one kind of error."""
    waits = {"socket_connect_timeout": REDIS_TIMEOUT_SECONDS, "socket_timeout": REDIS_TIMEOUT_SECONDS, "retry": None}
    return {"wrap_exceptions": True, **(waits if url.startswith("redis") else {})}


def _engine_options(url: str) -> dict[str, object]:
    hidden: dict[str, object] = {"hide_parameters": True}  # an error that is logged tells no donor's name
    if url.startswith("sqlite"):
        return hidden
    return {**hidden, "pool_pre_ping": True, "pool_size": 10, "max_overflow": 10}


def _add_development_pages(app: Flask, config: Config) -> None:
    """Add the outbox, the components' own page, and the sandbox's pages; production never imports them."""
    from campaign.blueprints import development

    app.register_blueprint(development.bp)
    if config.sandbox_url:
        from campaign.blueprints import sandbox

        csrf.exempt(sandbox.bp)
        app.register_blueprint(sandbox.bp)


def _add_commands(app: Flask) -> None:
    """Add commands and migrations, for the command line alone: a web server never runs them."""
    from flask_migrate import Migrate

    from campaign.cli import add_commands

    Migrate(app, db, directory=str(MIGRATIONS))
    add_commands(app)
