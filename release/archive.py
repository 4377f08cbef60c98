#!/usr/bin/env python3
"""Puts a built provider into the archive that Terraform installs it from: archive.py BINARY OS_ARCH FOLDER.

The same binary always gives the same archive, byte for byte: nothing in it tells when or where it was made.
"""

import pathlib
import sys
import zipfile

from names import PROGRAM, ROOT, named, version

# The first moment that an archive can name.
LONG_AGO = (1980, 1, 1, 0, 0, 0)
UNIX = 3


def add(archive: zipfile.ZipFile, name: str, content: bytes, mode: int) -> None:
    """Adds a file that everybody may read."""
    entry = zipfile.ZipInfo(name, LONG_AGO)
    entry.create_system = UNIX
    entry.external_attr = (0o100000 | mode) << 16
    archive.writestr(entry, content, zipfile.ZIP_DEFLATED)


def main(binary: str, platform: str, folder: str) -> None:
    target = pathlib.Path(folder) / named(f"{platform}.zip")
    target.parent.mkdir(parents=True, exist_ok=True)
    extension = ".exe" if platform.startswith("windows_") else ""
    with zipfile.ZipFile(target, "w") as archive:
        add(archive, "LICENSE", (ROOT / "LICENSE").read_bytes(), 0o644)
        add(archive, f"{PROGRAM}_v{version()}{extension}", pathlib.Path(binary).read_bytes(), 0o755)
    print(target)


if __name__ == "__main__":
    main(*sys.argv[1:])
