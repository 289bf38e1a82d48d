from io import StringIO

from rich.console import Console

from validation.athena.queries import Answer
from validation.model import QueryRecord, QueryState
from validation.progress import Reporter

DONE = Answer(QueryRecord("row counts", "SELECT", QueryState.SUCCEEDED, 1.25, "id", 2_000_000))
REFUSED = Answer(
    QueryRecord("checks", "SELECT", QueryState.NOT_STARTED, 0, reason="no [bold]work group")
)


def shown(*, terminal: bool, width: int = 200) -> str:
    file = StringIO()
    console = Console(file=file, force_terminal=terminal, width=width)
    with Reporter(console) as progress:
        progress.started(1)
        progress.answered(DONE)
        # One more than was told of: a bundle that was asked again in parts.
        progress.answered(REFUSED)
    return file.getvalue()


def test_plain_lines_where_nobody_watches() -> None:
    assert shown(terminal=False).splitlines() == [
        "Athena: 1 query",
        "Athena: row counts: succeeded after 1.2 s, 2.0 MB",
        "Athena: checks: not started: no [bold]work group",
    ]


def test_a_live_line_in_a_terminal() -> None:
    text = shown(terminal=True)
    assert "2/2" in text
    assert "no [bold]work group" in text


def test_a_narrow_terminal_cuts_the_text_and_not_the_numbers() -> None:
    text = shown(terminal=True, width=60)
    assert "2/2" in text
    assert "row counts: succeeded after 1.2 s, 2.0 MB" not in text
