#!/usr/bin/env python3
"""Prints the changelog's section of this version, as a release's notes: notes.py [--dry-run].

Without such a section there is nothing to release; in a dry run, what is unreleased stands for it.
"""

import re
import sys

from names import ROOT, version


def section(title: str) -> str | None:
    """What stands under `## [title]`."""
    changelog = (ROOT / "CHANGELOG.md").read_text()
    found = re.search(rf"^## \[{re.escape(title)}\].*?\n(.*?)(?=^## \[|^\[|\Z)", changelog, re.MULTILINE | re.DOTALL)
    return found.group(1).strip() if found else None


def unwrapped(text: str) -> str:
    """The text with each paragraph and list item on one line: where releases are shown, a line's end is one."""
    return re.sub(r"(?<=\S)\n(?!\n|[-#])\s*", " ", text)


def main(dry_run: bool) -> None:
    notes = section(version()) or (section("Unreleased") if dry_run else None)
    if not notes:
        sys.exit(f"CHANGELOG.md has no section [{version()}]: rename [Unreleased] to it, with the date.")
    platforms = (ROOT / "release/platforms.md").read_text().strip()
    print(unwrapped(f"{notes}\n\n{platforms}"))


if __name__ == "__main__":
    main("--dry-run" in sys.argv)
