from pathlib import Path

import pytest

from toolchain import provider
from toolchain.base import system


@pytest.mark.parametrize(
    ("entry", "fits"),
    [
        (f"5.100.0/{system()}/provider", True),
        (f"terraform-provider-aws_6.2.1_{system()}.zip", True),
        (f"5.99.0/{system()}/provider", False),
        (f"7.0.0/{system()}/provider", False),
        ("5.100.0/plan9_mips/provider", False),
    ],
)
def test_a_mirror_counts_only_with_a_fitting_provider(
    tmp_path: Path, entry: str, *, fits: bool
) -> None:
    mirror = tmp_path / "anywhere" / "plugins"
    file = mirror / provider.NAME / entry
    file.parent.mkdir(parents=True)
    file.write_bytes(b"")
    found = provider.find_mirror((str(tmp_path),))
    assert found == (mirror if fits else None)


def test_no_mirror_is_no_mirror(tmp_path: Path) -> None:
    assert provider.find_mirror((str(tmp_path), "/does/not/exist")) is None
