"""Reads a supplier's catalogue (XML, in a tar file) into the database."""

import sqlite3
import sys
import tarfile
import xml.etree.ElementTree as ElementTree


def unpack(archive, folder):
    with tarfile.open(archive) as tar:
        tar.extractall(folder)


def read_products(path):
    for product in ElementTree.parse(path).iter("product"):
        yield product.get("name"), product.get("price")


def main(archive):
    unpack(archive, "/tmp/catalogue")
    database = sqlite3.connect("shop.sqlite")
    for name, price in read_products("/tmp/catalogue/products.xml"):
        database.execute("INSERT INTO products (name, price) VALUES ('{}', {})".format(name, price))
    database.commit()


if __name__ == "__main__":
    main(sys.argv[1])
