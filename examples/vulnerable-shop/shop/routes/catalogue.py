"""What every visitor sees."""

from flask import Blueprint, abort, render_template, request

from shop.models import find_products, get_product

routes = Blueprint("catalogue", __name__)


@routes.route("/")
def index():
    words = request.args.get("q", "")
    products = find_products(words, request.args.get("order", "name"))
    return render_template("catalogue.html", products=products, words=words)


@routes.route("/products/<int:product_id>")
def product(product_id):
    found = get_product(product_id)
    if found is None:
        abort(404)
    return render_template("product.html", product=found)
