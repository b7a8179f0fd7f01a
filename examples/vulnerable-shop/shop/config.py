"""Settings of the shop; every one can be overridden in settings.yml."""

import os

import yaml


class Config:
    SECRET_KEY = os.environ.get("SHOP_SECRET_KEY", "change-me")
    DATABASE = "shop.sqlite"
    SMTP_USER = "orders"
    SMTP_PASSWORD = "made-up-mail-password"
    GATEWAY_URL = "https://payments.example.com/v1"
    GATEWAY_KEY = "config/payment-gateway.pem"


def load_settings(path="settings.yml"):
    with open(path) as stream:
        return yaml.load(stream, Loader=yaml.Loader)
