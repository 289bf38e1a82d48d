"""Where the outcomes of an evaluation are kept, for those who ask after the run.

Each call of `process_rows` writes one file, `<run directory>/data_quality/<n>-<context>.json`
(n from 0001 in order), in the shape of Glue's GetDataQualityResult, times in ISO 8601, UTC:

    {"ResultId": "dqresult-…", "Score": 0.0-1.0, "EvaluationContext": "…", "JobName": "…",
     "JobRunId": "…", "StartedOn": "…", "CompletedOn": "…",
     "RuleResults": [{"Name": "Rule_1", "Description": "<the rule>", "Result": "PASS" | "FAIL",
                      "EvaluationMessage": "…" (if failed), "EvaluatedRule": "<the rule>",
                      "EvaluatedMetrics": {"Column.email.Completeness": 1.0}}]}

`sandbox.glue.execution.job_process.JobOutcome.data_quality_results` names these files.
"""

import json
import math
import os
import re
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from gluesandbox.storage import buckets

from awsgluedq.outcomes import Outcome
from sandbox.environment import client


def now() -> str:
    """This instant as the files hold it."""
    return datetime.now(UTC).isoformat()


def publish(
    outcomes: Sequence[Outcome], context: str, started: str, options: Mapping[str, Any]
) -> None:
    """Keep the outcomes in the run's directory, and below `resultsS3Prefix` if that is given."""
    passed = sum(outcome.passed for outcome in outcomes)
    result = {
        "ResultId": f"dqresult-{uuid4().hex}",
        "Score": passed / len(outcomes) if outcomes else 1.0,
        "EvaluationContext": context,
        "JobName": _argument("--JOB_NAME"),
        "JobRunId": _argument("--JOB_RUN_ID"),
        "StartedOn": started,
        "CompletedOn": now(),
        "RuleResults": [_rule_result(n, outcome) for n, outcome in enumerate(outcomes, 1)],
    }
    text = json.dumps(result, indent=2)
    if run_dir := os.environ.get("GLUE_SANDBOX_RUN_DIR"):
        folder = Path(run_dir, "data_quality")
        folder.mkdir(exist_ok=True)
        number = len(list(folder.glob("*.json"))) + 1
        safe = re.sub(r"[^\w-]", "_", context)[:100]
        name = f"{number:04}-{safe}.json"
        (folder / f".{name}").write_text(text)
        (folder / f".{name}").rename(folder / name)
    prefix = options.get("resultsS3Prefix")
    if prefix:
        bucket, key, _ = buckets.folder(str(prefix))
        name = f"{result['JobName']}/{result['JobRunId']}/{context}.json"
        client("s3").put_object(Bucket=bucket, Key=f"{key}{name}", Body=text.encode())


def _rule_result(number: int, outcome: Outcome) -> dict[str, Any]:
    result = {
        "Name": f"Rule_{number}",
        "Description": outcome.rule,
        "Result": "PASS" if outcome.passed else "FAIL",
        "EvaluatedRule": outcome.rule,
        "EvaluatedMetrics": {
            name: value for name, value in outcome.metrics.items() if math.isfinite(value)
        },
    }
    if outcome.failure_reason:
        result["EvaluationMessage"] = outcome.failure_reason
    return result


def _argument(name: str) -> str:
    """A job argument, as the script got it."""
    position = sys.argv.index(name) + 1 if name in sys.argv else 0
    return sys.argv[position] if 0 < position < len(sys.argv) else ""
