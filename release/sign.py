#!/usr/bin/env python3
"""Makes what vouches for the archives in a folder: the registry's manifest, their checksums, and a signature of these.

sign.py FOLDER signs with the key of gpg's that GPG_FINGERPRINT names, or else with gpg's first one. GPG_PASSPHRASE, where
it is set, opens the key.
"""

import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

from names import ROOT, named

HELP = "gpg is missing: apt-get install gnupg, or brew install gnupg"


def checksums(folder: pathlib.Path) -> str:
    """One line for each archive and the manifest, as `sha256sum` writes it."""
    files = sorted([*folder.glob(named("*.zip")), folder / named("manifest.json")])
    return "".join(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files)


def sign(file: pathlib.Path) -> None:
    """A detached signature, binary, beside the file."""
    gpg = shutil.which("gpg") or sys.exit(HELP)
    command = [gpg, "--batch", "--yes", "--detach-sign", "--output", f"{file}.sig"]
    if key := os.environ.get("GPG_FINGERPRINT"):
        command += ["--local-user", key]
    passphrase = os.environ.get("GPG_PASSPHRASE")
    if passphrase is not None:
        command += ["--pinentry-mode", "loopback", "--passphrase-fd", "0"]
    subprocess.run([*command, str(file)], input=(passphrase or "").encode(), check=True)


def main(folder: str) -> None:
    target = pathlib.Path(folder)
    manifest = target / named("manifest.json")
    shutil.copyfile(ROOT / "terraform-registry-manifest.json", manifest)
    sums = target / named("SHA256SUMS")
    sums.write_text(checksums(target))
    sign(sums)
    for file in (manifest, sums, f"{sums}.sig"):
        print(file)


if __name__ == "__main__":
    main(*sys.argv[1:])
