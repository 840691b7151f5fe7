"""The audit log as a file."""

from aid.choices import AuditAction
from aid.queries.audit import kind_label

COLUMNS = ("key", "at", "action", "told", "who", "kind", "number", "name", "message", "reason", "changes")
BATCH = 2000


def rows(entries, as_text):
    """The entries as the COLUMNS say, read a batch at a time; the changes as one text, or as lists."""
    # Looked up once: the model's own way costs more for each entry than reading it.
    labels = dict(AuditAction.choices)
    for entry in entries.iterator(chunk_size=BATCH):
        yield (
            entry.key,
            entry.at.isoformat(),
            entry.action,
            labels.get(entry.action, entry.action),
            entry.username,
            kind_label(entry.kind),
            entry.number,
            entry.name,
            entry.message,
            entry.why,
            changes_text(entry.changes) if as_text else entry.changes,
        )


def changes_text(changes):
    """ "Amount: 91000000 → 92000000; Currency: nothing → DKK" """
    return "; ".join(f"{field}: {was or 'nothing'} → {now or 'nothing'}" for field, was, now in changes)
