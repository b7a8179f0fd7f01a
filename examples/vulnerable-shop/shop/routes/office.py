"""Pages for the staff."""

import subprocess  # nosec B404

from flask import Blueprint, request, send_file

routes = Blueprint("office", __name__, url_prefix="/office")


@routes.route("/thumbnail", methods=["POST"])
def thumbnail():
    image = request.form["image"]
    subprocess.check_call("convert uploads/%s -resize 200x200 thumbnails/%s" % (image, image), shell=True)
    return "", 204


@routes.route("/export")
def export():
    target = "/tmp/orders.csv"
    subprocess.check_call(["sqlite3", "-csv", "shop.sqlite", "SELECT * FROM orders"], stdout=open(target, "wb"))
    return send_file(target, mimetype="text/csv")
