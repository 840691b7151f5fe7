"""Whether an article may go live."""

from aid.queries.figures import dead_references


def reason_not_to_publish(revision):
    """Why this revision cannot go live, as a sentence; "" where nothing speaks against it. None is no revision."""
    if revision is None:
        return "Nothing has been written yet."
    if not revision.body.strip():
        return "The article has no text yet."
    dead = list(dict.fromkeys(f"[[{reference.text}]]" for reference in dead_references(revision.body)))
    if dead:
        return f"The text names what no record answers to: {', '.join(dead)}. Mend or remove it."
    return ""
