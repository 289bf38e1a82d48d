"""Where the checkout is that this code is part of, and what `make setup` installed into it."""

from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
TOOLS = PROJECT / ".tools"
