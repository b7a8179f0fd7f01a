"""Products and customers."""

import hashlib

from shop.database import connection


def find_products(words, order="name"):
    query = "SELECT id, name, price FROM products WHERE name LIKE '%%%s%%' ORDER BY %s" % (words, order)
    return connection().execute(query).fetchall()


def get_product(product_id):
    return connection().execute("SELECT id, name, price, image FROM products WHERE id = ?", (product_id,)).fetchone()


def hash_password(password):
    return hashlib.md5(password.encode()).hexdigest()


def find_customer(email, password):
    query = f"SELECT id, email FROM customers WHERE email = '{email}' AND password = '{hash_password(password)}'"
    return connection().execute(query).fetchone()
