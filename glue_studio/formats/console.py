"""The shape that the console downloads and uploads: the job's settings as its form shows them."""

from collections.abc import Mapping
from typing import Any

from glue_studio.errors import FormatError
from glue_studio.formats.console_nodes import node_from_console, node_to_console
from glue_studio.model import Job, parse_nodes

_MODES = {"VISUAL": "VISUAL_MODE", "SCRIPT": "DEVELOPER_MODE", "NOTEBOOK": "NOTEBOOK_MODE"}
# Settings of the API that stand in the form under their own name.
_PLAIN = {
    "Description": "description",
    "Role": "role",
    "GlueVersion": "version",
    "WorkerType": "workerType",
    "NumberOfWorkers": "numberOfWorkers",
    "MaxCapacity": "maxCapacity",
    "JobRunQueuingEnabled": "jobRunQueuingEnabled",
    "MaxRetries": "maxRetries",
    "Timeout": "timeout",
    "MaintenanceWindow": "maintenanceWindow",
}
# Job arguments that the form has a switch for: on is "true", off is no argument.
_SWITCHES = {
    "spark": "--enable-spark-ui",
    "logging": "--enable-continuous-cloudwatch-log",
    "glueHiveMetastore": "--enable-glue-datacatalog",
    "etlAutoScaling": "--enable-auto-scaling",
    "etlAutoTuning": "--enable-job-insights",
    "metrics": "--enable-metrics",
    "observabilityMetrics": "--enable-observability-metrics",
}
# Job arguments that the form has a field for; empty is no argument.
_FIELDS = {
    "temporaryDirectory": "--TempDir",
    "bookmark": "--job-bookmark-option",
    "sparkPath": "--spark-event-logs-path",
    "pythonPath": "--extra-py-files",
    "dependentPath": "--extra-jars",
    "referencedPath": "--extra-files",
    "additionalPythonModules": "--additional-python-modules",
}
_LANGUAGES = {"python": "python-3", "scala": "scala-2"}
_HELD_ELSEWHERE = {
    "Command",
    "Connections",
    "DefaultArguments",
    "ExecutionClass",
    "ExecutionProperty",
    "JobMode",
    "SecurityConfiguration",
    "Tags",
}
_IGNORED = {
    "command",
    "createdOn",
    "connectionsList",
    "developerMode",
    "flexExecution",
    "jobMode",
    "jobParameters",
    "language",
    "maxConcurrentRuns",
    "minFlexWorkers",
    "name",
    "runtime",
    "scriptLocation",
    "scriptName",
    "security",
    "serverEncryption",
    "sparkConfiguration",
    "tags",
}


def from_console(document: Mapping[str, Any]) -> tuple[Job, list[str]]:
    """Read a job, and what was left out."""
    config = document.get("jobConfig")
    dag = document.get("dag") or {}
    if not isinstance(config, Mapping) or not isinstance(dag, Mapping):
        raise FormatError("The console download has no jobConfig, or a dag that is not an object.")
    name = config.get("name")
    if not isinstance(name, str) or not name:
        raise FormatError("The job has no name in jobConfig; give it one.")
    notes: list[str] = []
    graph = {}
    for node_id, node in dag.items():
        node_type, settings, node_notes = node_from_console(node_id, node)
        graph[node_id] = {node_type: settings}
        notes += node_notes
    settings = _settings(config, notes)
    if document.get("script"):
        notes.append(
            "The file's script was left out: a visual job's script follows from its graph."
        )
    if graph and settings.get("JobMode") != "VISUAL":
        notes.append("The job runs a script of its own; the graph beside it may be out of date.")
    return Job(name, settings, parse_nodes(graph)), notes


def to_console_content(job: Job) -> tuple[dict[str, Any], list[str]]:
    """The JSON of a job, and what it cannot hold."""
    notes: list[str] = []
    config = _config(job, notes)
    dag = {}
    for node in job.nodes.values():
        dag[node.id], node_notes = node_to_console(node)
        notes += node_notes
    content = {"jobConfig": config, "dag": dag, "hasBeenSaved": False, "usageProfileName": None}
    return content, notes


def _settings(config: Mapping[str, Any], notes: list[str]) -> dict[str, Any]:
    settings = {
        name: config[field] for name, field in _PLAIN.items() if config.get(field) is not None
    }
    if "WorkerType" in settings and settings.pop("MaxCapacity", None) is not None:
        notes.append("maxCapacity follows from workerType and numberOfWorkers; it was left out.")
    mode = str(config.get("jobMode") or "DEVELOPER_MODE")
    settings["JobMode"] = {value: key for key, value in _MODES.items()}.get(mode, mode)
    runs, flex, security = (
        config.get(key) for key in ("maxConcurrentRuns", "flexExecution", "security")
    )
    connections = config.get("connectionsList")
    derived = {
        "Command": _command(config),
        "DefaultArguments": _arguments(config),
        "ExecutionProperty": {} if runs is None else {"MaxConcurrentRuns": runs},
        "ExecutionClass": None if flex is None else "FLEX" if flex else "STANDARD",
        "SecurityConfiguration": None if security == "none" else security,
        "Connections": {"Connections": connections} if connections else None,
        "Tags": _pairs(config, "tags"),
    }
    settings |= {key: value for key, value in derived.items() if value}
    known = {*_PLAIN.values(), *_SWITCHES, *_FIELDS, *_IGNORED}
    notes += [
        f"jobConfig.{key} has no counterpart in the API; it was left out."
        for key, value in config.items()
        if key not in known and value not in (None, "", [], {}, False)
    ]
    return settings


def _command(config: Mapping[str, Any]) -> dict[str, Any]:
    command: dict[str, Any] = {"Name": str(config.get("command") or "glueetl")}
    if config.get("scriptLocation"):
        command["ScriptLocation"] = f"{config['scriptLocation']}{config.get('scriptName') or ''}"
    if config.get("runtime"):
        command["Runtime"] = config["runtime"]
    language = str(config.get("language") or "")
    if language.startswith("python-"):
        command["PythonVersion"] = language.removeprefix("python-")
    return command


def _arguments(config: Mapping[str, Any]) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        argument: "true" for switch, argument in _SWITCHES.items() if config.get(switch) is True
    }
    arguments.update(
        {argument: config[field] for field, argument in _FIELDS.items() if config.get(field)}
    )
    languages = {value: key for key, value in _LANGUAGES.items()}
    language = str(config.get("language"))
    if language in languages:
        arguments["--job-language"] = languages[language]
    arguments.update(_pairs(config, "jobParameters"))
    return arguments


def _pairs(config: Mapping[str, Any], field: str) -> dict[str, Any]:
    """A list of `{"key": …, "value": …}` as a map."""
    entries = config.get(field) or []
    if not isinstance(entries, list) or not all(
        isinstance(entry, Mapping) and isinstance(entry.get("key"), str) for entry in entries
    ):
        raise FormatError(f"jobConfig.{field} is not a list of keys and values.")
    return {entry["key"]: entry.get("value") for entry in entries}


def _config(job: Job, notes: list[str]) -> dict[str, Any]:
    settings = job.settings
    command = _object(settings, "Command")
    arguments = dict(_object(settings, "DefaultArguments"))
    location = str(command.get("ScriptLocation") or "")
    folder, slash, script = location.rpartition("/")
    mode = settings.get("JobMode")
    config: dict[str, Any] = {"name": job.name, "command": command.get("Name", "glueetl")}
    config |= {
        field: settings[name] for name, field in _PLAIN.items() if settings.get(name) is not None
    }
    config |= {
        "runtime": command.get("Runtime"),
        "security": settings.get("SecurityConfiguration") or "none",
        "scriptName": script or f"{job.name}.py",
        "scriptLocation": folder + slash,
        "language": _language(command, arguments, notes),
        "sparkConfiguration": "standard",
        "tags": _entries(_object(settings, "Tags")),
        "jobMode": _MODES.get(str(mode or "SCRIPT"), str(mode)),
        "developerMode": mode != "VISUAL",
        "connectionsList": _object(settings, "Connections").get("Connections") or [],
    }
    runs = _object(settings, "ExecutionProperty").get("MaxConcurrentRuns")
    if runs is not None:
        config["maxConcurrentRuns"] = runs
    if settings.get("ExecutionClass") is not None:
        config["flexExecution"] = settings["ExecutionClass"] == "FLEX"
    for switch, argument in _SWITCHES.items():
        config[switch] = arguments.get(argument) == "true"
        if config[switch]:
            del arguments[argument]
    for field, argument in _FIELDS.items():
        config[field] = arguments.pop(argument) if arguments.get(argument) else ""
    config["jobParameters"] = _entries(arguments)
    if mode is None:
        notes.append("JobMode is missing, which means SCRIPT; the console download says so.")
    if script and not slash:
        notes.append(
            "Command.ScriptLocation has no folder, so the console download cannot hold it."
        )
    notes += [
        f"{key} has no place in a console download; it was left out."
        for key, value in settings.items()
        if key not in _PLAIN and key not in _HELD_ELSEWHERE and value is not None
    ]
    return config


def _language(command: Mapping[str, Any], arguments: dict[str, Any], notes: list[str]) -> str:
    """`python-3` and its like, which is both the command's version and a job argument."""
    language = arguments.get("--job-language")
    version = command.get("PythonVersion")
    if language == "scala":
        del arguments["--job-language"]
        return _LANGUAGES["scala"]
    if language == "python" and version == "3":
        del arguments["--job-language"]
    elif language is None and version == "3":
        notes.append("The console download implies the argument --job-language python.")
    return f"python-{version or 3}"


def _entries(pairs: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": value} for key, value in pairs.items()]


def _object(settings: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = settings.get(key)
    if value is not None and not isinstance(value, Mapping):
        raise FormatError(f"The job's {key} is not an object.")
    return value or {}
