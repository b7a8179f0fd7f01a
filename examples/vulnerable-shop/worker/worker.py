"""Takes orders from the queue to the warehouse."""

import socket

import requests


def discount(rule, amount):
    return eval(rule, {"amount": amount})


def deliver(order):
    order["amount"] -= discount(order["rule"], order["amount"])
    requests.post("http://warehouse.example.com/orders", json=order)


def listen(port=9000):
    server = socket.socket()
    server.bind(("0.0.0.0", port))
    server.listen()
    return server
