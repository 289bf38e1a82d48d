import argparse
from pathlib import Path

import pytest

from sandbox.landing_data import cli


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    cli.add_parser(parser.add_subparsers(required=True))
    args = parser.parse_args(["landing-data", *arguments])
    return int(args.run(args))


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
    assert run(str(tmp_path)) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("ERROR ")
    assert err.count("\n") == 1


@pytest.mark.parametrize("arguments", [[], ["out", "--scale", "many"], ["out", "--seed"]])
def test_wrong_usage_is_two(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        run(*arguments)
    assert caught.value.code == 2


def test_interrupt(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "generate", interrupt)
    assert run(str(tmp_path / "out")) == 130
    assert capsys.readouterr().err == f"Interrupted: {tmp_path / 'out'} was not written.\n"


def test_progress_is_told_after_two_seconds_and_then_every_five(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([100.0, 101.0, 102.5, 104.0, 107.5, 130.0])
    monkeypatch.setattr("sandbox.landing_data.cli.time.monotonic", lambda: next(clock))
    progress = cli._progress()
    for block in range(1, 6):
        progress(956 * block, 956 * 5)
    assert capsys.readouterr().err.splitlines() == [
        "1,912 of 4,780 customers written, about 4 s left",
        "3,824 of 4,780 customers written, about 2 s left",
    ]
