"""The card payment gateway."""

import requests
from flask import current_app


def charge(order_id, amount, card_token):
    response = requests.post(
        current_app.config["GATEWAY_URL"] + "/charges",
        json={"order": order_id, "amount": amount, "card": card_token},
        cert=current_app.config["GATEWAY_KEY"],
        verify=False,
        timeout=10,
    )
    response.raise_for_status()
    return response.json()["id"]
