"""One SQLite connection per request."""

import sqlite3

from flask import current_app, g


def connection():
    if "connection" not in g:
        g.connection = sqlite3.connect(current_app.config["DATABASE"])
        g.connection.row_factory = sqlite3.Row
    return g.connection


def close(_error=None):
    opened = g.pop("connection", None)
    if opened is not None:
        opened.close()


def init_app(app):
    app.teardown_appcontext(close)
