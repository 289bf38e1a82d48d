from pathlib import Path

import pytest

from sandbox.cli import main
from sandbox.landing_data import cli


def run(*arguments: str) -> int:
    return main(["landing-data", *arguments])


def test_writes_and_says_what(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(str(tmp_path / "out"), "--seed", "8", "--duplicate-serials", "30") == 0
    out, err = capsys.readouterr()
    assert out == (
        f"Landing data in {tmp_path / 'out'} (seed 8, scale 1):\n"
        "  customer               956 rows\n"
        "  accelerometer       81,273 rows\n"
        "  step_trainer        28,680 rows\n"
        "What the pipeline makes of it:\n"
        "  customer_trusted                               482 rows\n"
        "  accelerometer_trusted                       40,981 rows\n"
        "  customers_curated                              437 rows\n"
        "  step_trainer_trusted                        13,110 rows\n"
        + "".join(out.splitlines(keepends=True)[9:11])
        + "30 trainers are claimed by 75 customers who do not own them.\n"
    )
    assert err == ""
    assert (tmp_path / "out" / "customer").is_dir()


def test_user_error_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine").touch()
    assert run(str(tmp_path)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("ERROR ")
    assert err.count("\n") == 1


@pytest.mark.parametrize("arguments", [[], ["out", "--scale", "many"], ["out", "--seed"]])
def test_wrong_usage_is_3(arguments: list[str]) -> None:
    assert run(*arguments) == 3


def test_interrupt(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "generate", interrupt)
    assert run(str(tmp_path / "out")) == 130
    assert capsys.readouterr().err == f"Interrupted: {tmp_path / 'out'} was not written.\n"
