"""The shop: a catalogue, a cart, a checkout and an office for the staff."""

from flask import Flask

from shop import database
from shop.config import Config
from shop.routes import cart, catalogue, office


def create_app(config=Config):
    app = Flask(__name__)
    app.config.from_object(config)
    database.init_app(app)
    for routes in (catalogue.routes, cart.routes, office.routes):
        app.register_blueprint(routes)
    return app
