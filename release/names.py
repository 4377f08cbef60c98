"""What the files of a release are called, as the Terraform and OpenTofu registries want it."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAM = "terraform-provider-thatdot"


def version() -> str:
    """The version in Cargo.toml, without a `v`."""
    package = (ROOT / "Cargo.toml").read_text()
    return re.search(r'^version = "(.+)"$', package, re.MULTILINE).group(1)


def named(rest: str) -> str:
    """A file of this release: `terraform-provider-thatdot_1.2.3_REST`."""
    return f"{PROGRAM}_{version()}_{rest}"
