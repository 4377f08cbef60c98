"""`make bench`: how fast the provider is, against what it could be at best and against other ways to the same end."""

import os
from pathlib import Path

# The repository, and where what is built lies.
SOURCE = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR") or SOURCE / "target").resolve() / "bench"
