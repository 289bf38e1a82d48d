"""AWS's JSON protocols, as far as the sandbox's own services speak them."""

import json
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import botocore.loaders
import botocore.model
import botocore.validate
import regex

from sandbox.errors import AwsError


@dataclass(frozen=True)
class RequestContext:
    """Who asked, and where the sandbox itself can be reached.

    Attributes:
        account_id: of the caller; one for all.
        region: of the call, for example `us-east-1`.
        endpoint_url: the sandbox's own, for `sandbox.environment.client`.
    """

    account_id: str
    region: str
    endpoint_url: str


Handler = Callable[[dict[str, Any], RequestContext], dict[str, Any]]


class PassToMoto(Exception):  # noqa: N818 - not an error: the request is moto's after all
    """Raised by a handler that, on seeing the input, leaves the request to moto."""


@dataclass(frozen=True)
class Service:
    """One service whose calls, or some of them, the sandbox answers itself.

    Attributes:
        name: botocore's name of it, whose shapes every input must have.
        target: what stands before the dot in the header X-Amz-Target.
        invalid_input: the code of the error for an input that does not have its shape.
        operations: operation name to handler; moto answers the others.
        invalid_members: what that error has beside its message.
    """

    name: str
    target: str
    invalid_input: str
    operations: Mapping[str, Handler]
    invalid_members: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Response:
    """What goes back to the client."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def answer(
    service: Service, operation: str, body: bytes, context: RequestContext
) -> Response | None:
    """Answer one call, or return None when moto has to.

    Any AwsError becomes that error in the wire format.
    """
    handler = service.operations.get(operation)
    if handler is None:
        return None
    try:
        parameters = _parse(body)
        _validate(service, operation, parameters)
        return respond(handler(parameters, context))
    except PassToMoto:
        return None
    except AwsError as error:
        return error_response(error)


def respond(result: Mapping[str, Any]) -> Response:
    """A successful answer; date-times become epoch seconds and None members are left out."""
    body = json.dumps(_without_none(result), default=_encode).encode()
    return _response(200, body)


def error_response(error: AwsError) -> Response:
    """The error in the wire format of the JSON protocols."""
    # Glue's own spelling is Message, Athena's is message; every SDK reads both.
    body = json.dumps(
        {
            "__type": error.code,
            "message": error.message,
            "Message": error.message,
            **error.members,
        }
    ).encode()
    return _response(error.status, body, {"x-amzn-ErrorType": error.code})


def service_model(name: str) -> botocore.model.ServiceModel:
    """Read the botocore model of a service from its data files, with no client and no network."""
    return _service_model(name)


@lru_cache(maxsize=16)
def _service_model(name: str) -> botocore.model.ServiceModel:
    description = botocore.loaders.Loader().load_service_model(name, "service-2")
    return botocore.model.ServiceModel(description, name)


def _response(status: int, body: bytes, headers: Mapping[str, str] | None = None) -> Response:
    return Response(
        status,
        {
            "Content-Type": "application/x-amz-json-1.1",
            "x-amzn-RequestId": str(uuid.uuid4()),
            **(headers or {}),
        },
        body,
    )


def _parse(body: bytes) -> dict[str, Any]:
    try:
        parameters = json.loads(body or b"{}")
    except ValueError as error:
        raise AwsError(
            "SerializationException", f"The request body is not JSON: {error}."
        ) from error
    if not isinstance(parameters, dict):
        raise AwsError("SerializationException", "The request body is not a JSON object.")
    # To AWS a null member is one that was not given.
    given: dict[str, Any] = _without_none(parameters)
    return given


def _without_none(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_none(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_without_none(item) for item in value]
    return value


def _encode(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _validate(service: Service, operation: str, parameters: dict[str, Any]) -> None:
    shape = _service_model(service.name).operation_model(operation).input_shape
    if shape is None:
        return
    problem = botocore.validate.ParamValidator().validate(parameters, shape).generate_report()
    if not re.search("^(Invalid type|Unknown parameter)", problem, re.MULTILINE):
        broken = list(_broken_rules(parameters, shape))
        several = "s" if len(broken) > 1 else ""
        problem = f"{len(broken)} validation error{several} detected: " + "; ".join(broken)
        problem = problem if broken else ""
    if problem:
        raise AwsError(service.invalid_input, problem, members=service.invalid_members)


def _broken_rules(value: Any, shape: botocore.model.Shape, where: str = "") -> Iterator[str]:
    """Tell what AWS refuses of a value although its type is right.

    In the words in which Athena was recorded to refuse lengths, numbers and missing members
    (aoyagikouhei/athena-local, docs/dev/measurements/errors.md).
    """
    told = f"Value at '{where}' failed to satisfy constraint: Member must"
    yield from (f"{told} {rule}" for rule in _broken_own_rules(value, shape))
    if isinstance(shape, botocore.model.StructureShape):
        for name, member in shape.members.items():
            inner = ".".join(filter(None, [where, name[:1].lower() + name[1:]]))
            if name in value:
                yield from _broken_rules(value[name], member, inner)
            elif name in shape.required_members:
                told = f"Value null at '{inner}' failed to satisfy constraint"
                yield f"{told}: Member must not be null"
    elif isinstance(shape, botocore.model.ListShape):
        for index, item in enumerate(value, start=1):
            yield from _broken_rules(item, shape.member, f"{where}.{index}.member")
    elif isinstance(shape, botocore.model.MapShape):
        for key, item in value.items():
            yield from _broken_rules(item, shape.value, f"{where}.{key}")


def _broken_own_rules(value: Any, shape: botocore.model.Shape) -> Iterator[str]:
    rules = shape.metadata
    what = "value" if isinstance(value, int | float) else "length"
    if "min" in rules and _size(value) < rules["min"]:
        yield f"have {what} greater than or equal to {rules['min']}"
    if "max" in rules and _size(value) > rules["max"]:
        yield f"have {what} less than or equal to {rules['max']}"
    if rules.get("enum") and value not in rules["enum"]:
        yield f"satisfy enum value set: [{', '.join(rules['enum'])}]"
    if "pattern" in rules and not _compiled(rules["pattern"]).fullmatch(value):
        yield f"satisfy regular expression pattern: {rules['pattern']}"


def _size(value: Any) -> float:
    return value if isinstance(value, int | float) else len(value)


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> "regex.Pattern[str]":
    # Java's patterns write a character beyond U+FFFF as its two surrogates.
    return regex.compile(
        re.sub(
            r"\\u(d[89ab]..)\\u(d[c-f]..)",
            lambda pair: bytes.fromhex(pair[1] + pair[2]).decode("utf-16-be"),
            pattern,
            flags=re.IGNORECASE,
        )
    )
