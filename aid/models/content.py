from django.db import models


class ContentChange(models.Model):
    """A mark that something readers' pages are made of was written. It says nothing of what was.

    Only the database's triggers write it (actions/content.py), in the transaction that writes the content itself: who
    sees the content sees the mark. On PostgreSQL each statement adds a row; on SQLite one row gets another number.
    """

    natural_key_fields = ("id",)

    number = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["id"]

    def __str__(self):
        return f"Change {self.pk}"
