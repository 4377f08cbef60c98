"""What was measured, as rows of a table."""

from dataclasses import dataclass


@dataclass
class Row:
    """One figure against what it could be: both as they are told, their ratio, and whether the target is met."""

    what: str
    peer: str
    limit: str
    measured: str
    ratio: float | None
    target: str
    met: bool | None
    how: str = ""

    def told(self):
        ratio = "" if self.ratio is None else f"{self.ratio:.2f} ×"
        met = {True: "yes", False: "**no**", None: ""}[self.met]
        return [
            self.what,
            f"{self.peer}: {self.limit}" if self.limit else self.peer,
            self.measured,
            ratio,
            self.target,
            met,
            self.how,
        ]


HEAD = ["What", "Limit or peer", "Measured", "Ratio", "Target", "Met", "How"]


def table(head, rows):
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def milliseconds(seconds):
    return f"{seconds * 1000:.1f} ms" if seconds < 0.1 else f"{seconds * 1000:.0f} ms"


def seconds(seconds):
    return f"{seconds:.2f} s"


def megabytes(count):
    return "—" if count is None else f"{count / 1e6:.1f} MB"
