from collections.abc import Mapping, Sequence

from validation.fact import Fact, Reply
from validation.facts.questions import FileRows
from validation.model import EXAMPLES_SHOWN, CheckResult, Outcome, Severity

_WHY = (
    "A line that is not a JSON record reads as a row of NULLs, which every later filter drops without "
    "a word: here it is counted, with its file."
)


def judge(
    table: str, reply: Reply[tuple[FileRows, ...]], lines: Fact[Mapping[str, int]]
) -> CheckResult:
    """The result `ingestion.<table>`: every physical line of its files is a parsed row.

    Without the line counts (S3 not readable) malformed rows alone are judged, if there are any.
    """
    files = reply.fact
    expected = None if lines.reason else sum(lines.value.values())
    parsed = None if files.reason else sum(file.rows - file.malformed for file in files.value)

    def result(outcome: Outcome, message: str, examples: Sequence[str] = ()) -> CheckResult:
        return CheckResult(
            id=f"ingestion.{table}",
            title=f"Every landed line of {table} is a record",
            severity=Severity.ERROR,
            outcome=outcome,
            why=_WHY,
            message=message,
            expected=expected,
            actual=parsed,
            remedy="Correct the lines in the named files, upload them, run the workflow again."
            if outcome is Outcome.FAILED
            else None,
            examples=tuple(examples[:EXAMPLES_SHOWN]),
            tables=(table,),
            sql=reply.sql,
            query=reply.query,
        )

    if files.reason:
        return result(Outcome.NOT_EVALUATED, files.reason)
    bad = [file for file in files.value if file.malformed]
    malformed = sum(file.malformed for file in bad)
    examples = [f"{file.file}: {_lines(file.malformed)} not a record" for file in bad]
    if lines.reason or expected is None or parsed is None:
        if bad:
            return result(Outcome.FAILED, f"{_lines(malformed)} not a record.", examples)
        return result(Outcome.NOT_EVALUATED, f"The lines were not counted: {lines.reason}")
    read_rows = {file.file: file.rows for file in files.value}
    examples += [
        f"{file}: {_lines(count)} in the file, {read_rows.get(file, 0):,} read"
        for file, count in lines.value.items()
        if count != read_rows.get(file, 0)
    ]
    if parsed == expected and not examples:
        return result(
            Outcome.PASSED,
            f"{_lines(expected)} in {_number(len(lines.value), 'file')}, as many records.",
        )
    return result(
        Outcome.FAILED,
        f"{expected:,} lines in the files, {parsed:,} records read of them: "
        f"{_lines(malformed)} not a record.",
        examples,
    )


def _lines(count: int) -> str:
    return _number(count, "line")


def _number(count: int, noun: str) -> str:
    return f"{count:,} {noun if count == 1 else noun + 's'}"
