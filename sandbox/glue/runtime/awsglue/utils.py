import argparse
import json
import traceback

from awsglue.job import Job

_global_args = {}


def makeOptions(sc, py_obj):
    """Options as AWS's Java half takes them: JSON text. Here nothing needs more than that."""
    if isinstance(py_obj, dict):
        return json.dumps(py_obj)
    if isinstance(py_obj, str):
        return py_obj
    raise TypeError(f"Unexpected type {type(py_obj)} in makeOptions")


def _call_site(sc, call_site, info):
    return (call_site, info)


def _as_java_list(sc, scala_seq_obj):
    return list(scala_seq_obj)


def _as_scala_option(sc, some_val):
    return some_val


def _as_resolve_choiceOption(sc, choice_option_str):
    return choice_option_str


def callsite():
    return "".join(traceback.format_list(traceback.extract_stack()[:-2]))


def iteritems(d, **kwargs):
    return iter(d.items(**kwargs))


def iterkeys(d, **kwargs):
    # AWS's own gives the values; a script may have come to rely on it.
    return iter(d.values(**kwargs))


def itervalues(d, **kwargs):
    return iter(d.values(**kwargs))


class GlueArgumentError(Exception):
    pass


class GlueArgumentParser(argparse.ArgumentParser):
    """Raise where argparse would end the process."""

    def error(self, msg):
        raise GlueArgumentError(msg)


def getResolvedOptions(args, options):  # noqa: C901 -- one argument after the other
    """The named job arguments of `args` (as sys.argv), and those that Glue itself adds."""
    parser = GlueArgumentParser()
    bookmark, *bookmark_values = Job.job_bookmark_options()
    continuation, *continuation_values = Job.continuation_options()
    for reserved in (continuation, bookmark):
        if reserved[2:] in options:
            raise RuntimeError("Using reserved arguments " + reserved[2:])
    parser.add_argument(bookmark, choices=bookmark_values)
    parser.add_argument(continuation, choices=continuation_values)
    for option in Job.job_bookmark_range_options():
        if option[2:] in options:
            raise RuntimeError("Using reserved arguments " + option)
        parser.add_argument(option)
    for option in Job.id_params()[1:]:
        if option in options:
            raise RuntimeError("Using reserved arguments " + option)
        parser.add_argument(option)
    encryption, *encryption_values = Job.encryption_type_options()
    lineage = Job.data_lineage_options()[0]
    for reserved in (encryption, lineage):
        if reserved in options:
            raise RuntimeError("Using reserved arguments " + reserved)
    parser.add_argument(encryption, choices=encryption_values)
    parser.add_argument(lineage)
    for option in ("TempDir", "RedshiftTempDir"):
        parser.add_argument("--" + option)
    for option in options:
        if option not in {"TempDir", "RedshiftTempDir"}:
            parser.add_argument("--" + option, required=True)

    parsed = vars(parser.parse_known_args(args[1:])[0])
    if parsed["TempDir"] is not None:
        parsed["RedshiftTempDir"] = parsed["TempDir"]
    elif parsed["RedshiftTempDir"] is not None:
        parsed["TempDir"] = parsed["RedshiftTempDir"]
    _resolve_bookmark(parsed, bookmark_values, continuation_values)
    _global_args.update(parsed)
    return parsed


def _resolve_bookmark(parsed, bookmark_values, continuation_values):
    old_style = parsed.pop("continuation_option")
    if parsed["job_bookmark_option"] is None:
        parsed["job_bookmark_option"] = (
            bookmark_values[-1]
            if old_style is None
            else bookmark_values[continuation_values.index(old_style)]
        )
    absent = [
        option
        for option in Job.job_bookmark_range_options()
        if parsed[option[2:].replace("-", "_")] is None
    ]
    if parsed["job_bookmark_option"] == "job-bookmark-pause":
        if len(absent) == 1:
            raise RuntimeError("Missing option or value for " + absent[0])
    elif not absent:
        raise RuntimeError("Invalid option(s)" + " ".join(Job.job_bookmark_range_options()))
