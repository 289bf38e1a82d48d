"""Where the checkout is that this code is part of."""

from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
