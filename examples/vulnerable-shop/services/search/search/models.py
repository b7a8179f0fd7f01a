"""The searchable part of the catalogue."""

from django.contrib.postgres.fields import JSONField
from django.db import models


class Product(models.Model):
    name = models.CharField(max_length=200)
    attributes = JSONField(default=dict)
