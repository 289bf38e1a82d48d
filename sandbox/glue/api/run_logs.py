"""Where a run is heard of outside Glue: its output in CloudWatch Logs, its end in EventBridge."""

import contextlib
import json
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from sandbox import environment
from sandbox.glue.api.entities import now

# Source: https://docs.aws.amazon.com/glue/latest/dg/monitor-continuous-logging.html
DEFAULT_PREFIX = "/aws-glue/jobs"
PREFIX_ARGUMENT = "--custom-logGroup-prefix"

_EVENTS_PER_CALL = 1000  # the API takes 10,000 or 1 MB
_LINE_CHARACTERS = 1000


class RunLogs:
    """Writes to moto's CloudWatch Logs and EventBridge.

    A log that cannot be written fails no run: as on AWS, the run is what it is without it.
    """

    def __init__(self, endpoint_url: str, region: str) -> None:
        self._endpoint_url = endpoint_url
        self._region = region

    def write(
        self,
        run_id: str,
        arguments: Mapping[str, str],
        log: Path | None,
        error_message: str | None = None,
    ) -> None:
        """Put a run's output in its stream of the groups that Glue, or the job, has for it."""
        prefix = arguments.get(PREFIX_ARGUMENT, DEFAULT_PREFIX)
        with contextlib.suppress(BotoCoreError, ClientError, OSError):
            if log is not None and log.is_file():
                with log.open(encoding="utf-8", errors="replace") as lines:
                    self._put(f"{prefix}/output", run_id, lines)
            if error_message:
                self._put(f"{prefix}/error", run_id, iter(error_message.splitlines()))

    def announce(self, record: Mapping[str, Any]) -> None:
        """Send the event `Glue Job State Change` to the default event bus."""
        state = record["JobRunState"]
        detail = {
            "jobName": record["JobName"],
            "severity": "INFO" if state in {"SUCCEEDED", "STOPPED"} else "ERROR",
            "state": state,
            "jobRunId": record["Id"],
            "message": record.get("ErrorMessage", f"Job run {state.lower()}"),
        }
        entry = {
            "Source": "aws.glue",
            "DetailType": "Glue Job State Change",
            "Detail": json.dumps(detail),
            "Time": now(),
        }
        with contextlib.suppress(BotoCoreError, ClientError):
            environment.client("events", self._endpoint_url, self._region).put_events(
                Entries=[entry]
            )

    def _put(self, group: str, stream: str, lines: Iterator[str]) -> None:
        logs = environment.client("logs", self._endpoint_url, self._region)
        with contextlib.suppress(logs.exceptions.ResourceAlreadyExistsException):
            logs.create_log_group(logGroupName=group)
        logs.create_log_stream(logGroupName=group, logStreamName=stream)
        time = int(now().timestamp() * 1000)
        while batch := list(islice(lines, _EVENTS_PER_CALL)):
            events = [
                {"timestamp": time, "message": line.rstrip("\n")[:_LINE_CHARACTERS] or " "}
                for line in batch
            ]
            logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)
