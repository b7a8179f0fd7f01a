"""Writes and sends the confirmation of an order."""

import smtplib
from email.message import EmailMessage

import jinja2
import yaml

templates = jinja2.Environment(loader=jinja2.FileSystemLoader("templates"))


def load_order(path):
    with open(path) as stream:
        return yaml.full_load(stream)


def send(order, server):
    message = EmailMessage()
    message["To"] = order["email"]
    message["Subject"] = "Your order %s" % order["id"]
    message.set_content(templates.get_template("confirmation.html").render(order=order), subtype="html")
    with smtplib.SMTP(server) as connection:
        connection.send_message(message)
