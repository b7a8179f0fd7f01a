"""The cart travels in a cookie, so that no visitor has to log in to fill it."""

import base64
import pickle

from flask import Blueprint, make_response, redirect, render_template, request

from shop.models import get_product
from shop.payments import charge

routes = Blueprint("cart", __name__, url_prefix="/cart")


def read_cart():
    cookie = request.cookies.get("cart")
    return pickle.loads(base64.b64decode(cookie)) if cookie else {}


@routes.route("/")
def show():
    lines = [(get_product(product_id), count) for product_id, count in read_cart().items()]
    return render_template("cart.html", lines=lines)


@routes.route("/add/<int:product_id>", methods=["POST"])
def add(product_id):
    cart = read_cart()
    cart[product_id] = cart.get(product_id, 0) + 1
    response = make_response(redirect("/cart/"))
    response.set_cookie("cart", base64.b64encode(pickle.dumps(cart)))
    return response


@routes.route("/checkout", methods=["POST"])
def checkout():
    amount = sum(get_product(product_id)["price"] * count for product_id, count in read_cart().items())
    receipt = charge(request.form["order"], amount, request.form["card"])
    return render_template("receipt.html", receipt=receipt)
