"""Which of Java's answers about names are kept."""

from collections.abc import Callable

import pytest

from sandbox.glue.execution.java_names import remembered

Send = Callable[..., str]
CLASS, PACKAGE, NOTHING = "ycorg.apache.spark.sql.functions", "yp", "xsno such name"
IMPORT = "j\ni\nrj\norg.example.functions\ne\n"


def what_is(name: str) -> str:
    return f"r\nu\n{name}\nrj\ne\n"


@pytest.mark.parametrize(
    ("command", "answer", "times"),
    [
        (what_is("functions"), CLASS, 1),
        (what_is("org.apache"), PACKAGE, 1),
        (what_is("org.example.Later"), PACKAGE, 2),
        (what_is("org.example.none"), NOTHING, 2),
        ("c\no1\ncount\ne\n", CLASS, 2),
    ],
)
def test_only_what_a_name_is_is_kept(command: str, answer: str, times: int) -> None:
    asked: list[str] = []

    def ask(command: str, *, binary: bool = False) -> str:
        assert not binary
        asked.append(command)
        return answer

    send = remembered(ask)
    assert [send(command), send(command)] == [answer, answer]
    assert asked == [command] * times


def test_names_are_asked_again_after_an_import() -> None:
    answers = iter([CLASS, "yv", "ycorg.example.functions"])
    send = remembered(lambda _: next(answers))
    assert send(what_is("functions")) == send(what_is("functions")) == CLASS
    send(IMPORT)
    assert send(what_is("functions")) == "ycorg.example.functions"
