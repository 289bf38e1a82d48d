"""The server: our services in front of moto's, on 127.0.0.1 and nowhere else.

A call that neither has is answered 501 NotImplemented, which no client retries, and names itself.
"""

import io
import logging
import os
import re
import shutil
import socket
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, ExitStack, nullcontext
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

from sandbox import aws_json
from sandbox.athena.api.service import AthenaService
from sandbox.environment import ACCOUNT_ID, REGION, environment_of, new_client
from sandbox.errors import AwsError, PortInUseError, SandboxError, not_implemented
from sandbox.glue.execution.job_process import JobProcess, ProcessFactory
from sandbox.glue.service import GlueService
from sandbox.server import in_process, memory, moto_gaps, moto_state, s3_objects
from sandbox.state_file import HEALTH_PATH

HOST = "127.0.0.1"
STATE_PREFIX = "sandbox-"

_LOG = logging.getLogger(__name__)
_CREDENTIAL_SCOPE = re.compile(r"Credential=[^/]*/[^/]*/([^/]*)/([^/]*)/")

StartResponse = Callable[..., Any]
Environ = dict[str, Any]
_Answer = tuple[str, list[tuple[str, str]], list[bytes]]

_KEPT_ANSWERS = 64  # of calls that may be asked again
_LARGEST_KEPT = 1 << 16  # bytes
_LARGE_REQUEST = 1 << 20  # bytes of a body, of which
_AT_ONCE = 2  # are worked on at the same time


class Application:
    """The WSGI application: a request goes to a service of ours, else to moto."""

    def __init__(self, services: Iterable[aws_json.Service], endpoint_url: str) -> None:
        self._services = {service.target: service for service in services}
        self._endpoint_url = endpoint_url
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._done: dict[str, _Answer] = {}
        self._keeping = threading.Lock()
        self._large_requests = threading.Semaphore(_AT_ONCE)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request (WSGI)."""
        call = environ.get("HTTP_AMZ_SDK_INVOCATION_ID")
        if call is None or environ["REQUEST_METHOD"] in {"GET", "HEAD"}:
            return self._dispatch(environ, start_response)
        attempt = environ.get("HTTP_AMZ_SDK_REQUEST", "").partition(";")[0]
        if attempt not in {"", "attempt=1"} and (done := self._done.get(call)):
            _read_body(environ)
        else:
            done = self._kept(call, environ)
        start_response(*done[:2])
        return done[2]

    def _kept(self, call: str, environ: Environ) -> _Answer:
        """Answer a call, and keep the answer for a client that lost it and asks again.

        The SDKs name each call in all its attempts. Where the answer to the first is lost with its
        connection, a second would find made what it makes, and gone what it deletes.
        """
        head: list[Any] = []
        answer = self._dispatch(environ, lambda *started: head.extend(started))
        body = list(answer)
        done = (head[0], head[1], body)
        if head[0].startswith("2") and sum(map(len, body)) <= _LARGEST_KEPT:
            with self._keeping:
                self._done[call] = done
                while len(self._done) > _KEPT_ANSWERS:
                    del self._done[next(iter(self._done))]
        return done

    def _dispatch(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO") == HEALTH_PATH:
            return _send(aws_json.respond({"pid": os.getpid()}), start_response)
        target, _, operation = environ.get("HTTP_X_AMZ_TARGET", "").partition(".")
        signing_region, signing_name = _scope(environ)
        service = self._services.get(target)
        if service is not None:
            body = _read_body(environ)
            context = aws_json.RequestContext(
                ACCOUNT_ID, signing_region or REGION, self._endpoint_url
            )
            response = self._answer(service, operation, body, context)
            if response is not None:
                return _send(response, start_response)
            environ["wsgi.input"] = io.BytesIO(body)
        return self._ask_moto(environ, start_response, signing_name, operation)

    @staticmethod
    def _answer(
        service: aws_json.Service, operation: str, body: bytes, context: aws_json.RequestContext
    ) -> aws_json.Response | None:
        try:
            return aws_json.answer(service, operation, body, context)
        except Exception as error:  # noqa: BLE001 - told to the client, whatever it is
            _LOG.exception("%s %s failed", service.name, operation)
            return aws_json.error_response(_failed(f"{service.name} {operation}", error))

    def _room_for(self, environ: Environ) -> AbstractContextManager[Any]:
        """Have large requests wait for each other: moto holds each in memory, some of it twice."""
        large = _body_length(environ) > _LARGE_REQUEST
        return self._large_requests if large else nullcontext()

    def _ask_moto(
        self, environ: Environ, start_response: StartResponse, service: str, operation: str
    ) -> Iterable[bytes]:
        request = f"{environ['REQUEST_METHOD']} {environ.get('PATH_INFO', '')}"
        call = f"{service or 'AWS'} {operation or request}"
        try:
            with moto_state.request(environ), self._room_for(environ):
                large = s3_objects.get(self._moto, environ, start_response)
                answer: Iterable[bytes] = (
                    self._moto(environ, start_response) if large is None else large
                )
                return answer
        except NotImplementedError as error:
            # moto's own words name the operation where the protocol does not.
            found = re.match(r"The (\w+) action", str(error))
            what = f"{service or 'AWS'} {operation or (found and found[1]) or request}"
            return _send(_in_protocol(environ, not_implemented(what)), start_response)
        except Exception as error:  # noqa: BLE001 - told to the client, whatever it is
            _LOG.exception("moto failed on %s", call)
            return _send(_in_protocol(environ, _failed(call, error)), start_response)


class Sandbox:
    """A running sandbox: a context manager that serves on a thread of this process.

    moto keeps its state in the process, so one can run at a time; each starts empty.

    Args:
        port: to listen on; 0 takes a free one.
        state_dir: where it makes a directory of its own, for run logs, the cache of objects and the
            like, and removes it when it stops. Default: the system's temporary directory.
        make_process: what runs a job's script; tests of what is around it take something faster.

    Raises:
        PortInUseError: on entering, when something listens on the port.
        SandboxError: on entering, when this process runs one already.

    Attributes:
        endpoint_url: for example `http://127.0.0.1:4566`.
        environment: what to set for AWS clients to use it.
        state_dir: Its own directory, while it runs.
    """

    _running = threading.Lock()

    def __init__(
        self,
        port: int = 0,
        state_dir: str | Path | None = None,
        make_process: ProcessFactory = JobProcess,
    ) -> None:
        self._port = port
        self._make_process = make_process
        self._parent = None if state_dir is None else Path(state_dir)
        self._cleanup = ExitStack()
        self.endpoint_url = ""
        self.environment: Mapping[str, str] = {}
        self.state_dir = Path()

    def __enter__(self) -> Self:
        """Start serving; calls are answered when this returns."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop serving, end what still runs, and forget all state."""
        self.stop()

    def start(self) -> None:
        """See `__enter__`."""
        if not self._running.acquire(blocking=False):
            raise SandboxError("A sandbox is running in this process already; stop it first.")
        try:
            listener = _listen(self._port)
        except BaseException:
            self._running.release()
            raise
        self._cleanup.callback(self._running.release)
        try:
            self._serve(listener)
        except BaseException:
            self.stop()
            raise
        finally:
            listener.close()  # the server has its own copy of the descriptor

    def stop(self) -> None:
        """See `__exit__`; stopping twice is harmless."""
        self._cleanup.close()

    def _serve(self, listener: socket.socket) -> None:
        memory.give_back()
        memory.keep_objects_in_files()
        port = listener.getsockname()[1]
        self.endpoint_url = f"http://{HOST}:{port}"
        self.environment = environment_of(self.endpoint_url)
        self.state_dir = self._make_state_dir()
        self._cleanup.callback(shutil.rmtree, self.state_dir, ignore_errors=True)
        moto_state.reset()
        self._cleanup.callback(moto_state.reset)
        self._cleanup.enter_context(moto_state.corrected())
        glue = GlueService(self.endpoint_url, self.state_dir / "glue", self._make_process)
        glue_client, s3_client = (new_client(n, self.endpoint_url) for n in ("glue", "s3"))
        athena = AthenaService(glue_client, s3_client, self.state_dir)
        services = [glue.service(), _athena_service(athena), moto_gaps.logs_service()]
        application = Application(services, self.endpoint_url)
        in_process.connect(glue_client, application)
        in_process.connect(s3_client, application)
        server = make_server(
            HOST,
            port,
            application,
            threaded=True,
            request_handler=_RequestHandler,
            fd=listener.fileno(),
        )
        self._cleanup.callback(server.server_close)
        thread = threading.Thread(
            target=server.serve_forever,
            kwargs={"poll_interval": 0.1},
            name="sandbox",
            daemon=True,
        )
        thread.start()
        self._cleanup.callback(thread.join)
        self._cleanup.callback(server.shutdown)
        # First of all, while calls are still answered: end the queries and jobs that run.
        self._cleanup.callback(athena.close)
        self._cleanup.callback(glue.close)

    def _make_state_dir(self) -> Path:
        if self._parent is not None:
            self._parent.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=STATE_PREFIX, dir=self._parent)).resolve()


def _athena_service(athena: AthenaService) -> aws_json.Service:
    return aws_json.Service(
        "athena",
        "AmazonAthena",
        "InvalidRequestException",
        athena.operations(),
        {"AthenaErrorCode": "INVALID_INPUT", "ErrorCode": "INVALID_INPUT"},
    )


class _RequestHandler(MotoRequestHandler):
    """A quiet handler that answers at once on a kept-alive connection."""

    disable_nagle_algorithm = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        _LOG.debug("%s %s %s", self.requestline, code, size)

    def log_error(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        _LOG.debug(format, *args)


def _listen(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        # Lets a new sandbox follow a stopped one at once; never shares a port that is served.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise PortInUseError(port) from error
    except OverflowError as error:
        listener.close()
        raise SandboxError(f"{port} is not a port: choose one from 0 to 65535.") from error
    return listener


def _body_length(environ: Environ) -> int:
    return int(environ.get("CONTENT_LENGTH") or 0)


def _read_body(environ: Environ) -> bytes:
    body: bytes = environ["wsgi.input"].read(_body_length(environ))
    return body


def _scope(environ: Environ) -> tuple[str, str]:
    """Region and service that the request was signed for; empty when it was not signed."""
    found = _CREDENTIAL_SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    return (found[1], found[2]) if found else ("", "")


def _failed(call: str, error: Exception) -> AwsError:
    message = f"The sandbox failed on {call}: {type(error).__name__}: {error}"
    changed = ("during iteration", "'NoneType' object is not iterable")
    if isinstance(error, RuntimeError | TypeError) and any(text in str(error) for text in changed):
        # moto lists what another request changes or removes: asking again is what helps.
        return AwsError("ServiceUnavailable", message, HTTPStatus.SERVICE_UNAVAILABLE)
    # Not 500: the clients would try the same again and again.
    return AwsError("InternalFailure", message, HTTPStatus.NOT_IMPLEMENTED)


def _in_protocol(environ: Environ, error: AwsError) -> aws_json.Response:
    """The error as the service that was called writes errors: JSON, query XML or S3's XML."""
    if environ.get("HTTP_X_AMZ_TARGET"):
        return aws_json.error_response(error)
    _, service = _scope(environ)
    form = environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded")
    if not form and service not in {"s3", ""}:
        return aws_json.error_response(error)
    text = f"<Error><Code>{error.code}</Code><Message>{_escape(error.message)}</Message></Error>"
    if form:
        text = f"<ErrorResponse>{text}<RequestId>sandbox</RequestId></ErrorResponse>"
    return aws_json.Response(error.status, {"Content-Type": "text/xml"}, text.encode())


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _send(response: aws_json.Response, start_response: StartResponse) -> Iterable[bytes]:
    status = f"{response.status} {HTTPStatus(response.status).phrase}"
    headers = {**response.headers, "Content-Length": str(len(response.body))}
    start_response(status, list(headers.items()))
    return [response.body]
