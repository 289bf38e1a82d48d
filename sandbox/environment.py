"""The environment that points AWS clients at a sandbox, and the sandbox's own clients.

Every client made here refuses an endpoint that is not on this machine, and carries fake
credentials of its own: nothing of the sandbox can reach AWS, whatever the user's settings.
"""

import os
import re
import shlex
from collections.abc import Mapping
from functools import lru_cache
from ipaddress import ip_address
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import boto3
import botocore.session
from botocore.config import Config

from sandbox.errors import NoSandboxError, NotLoopbackError

ACCOUNT_ID = "123456789012"
REGION = "us-east-1"
DEFAULT_PORT = 4566
TERRAFORM_WORKSPACE = "sandbox"

_CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "sandbox",
    "AWS_SECRET_ACCESS_KEY": "sandbox",
    "AWS_SESSION_TOKEN": "sandbox",
}
_FOREIGN = re.compile(r"AWS_(PROFILE|DEFAULT_PROFILE|CA_BUNDLE|ENDPOINT_URL_\w+|USE_\w+)\Z")
_client_lock = Lock()  # boto3 does not promise that making clients is thread-safe


def environment_of(endpoint_url: str) -> Mapping[str, str]:
    """Environment variables with which any AWS client works against the sandbox at this endpoint.

    Raises:
        NotLoopbackError: the endpoint is not on this machine.
    """
    return {
        "AWS_ENDPOINT_URL": require_loopback(endpoint_url),
        **_CREDENTIALS,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
        # A call that the sandbox does not emulate fails at once, not after 25 tries.
        "AWS_MAX_ATTEMPTS": "2",
        # The user's own profiles, roles and endpoints stay out of it.
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        # Keeps Terraform's state of the sandbox apart from that of a real account.
        "TF_WORKSPACE": TERRAFORM_WORKSPACE,
        # `terraform destroy` may delete what is in the buckets: it is the sandbox's own.
        "TF_VAR_force_destroy": "true",
        # The provider waits about a minute after setting them, and nothing here lives that long.
        "TF_VAR_lifecycle_rules_enabled": "false",
        # It waits 12 s after making the topic's key, and nothing here is encrypted.
        "TF_VAR_topic_encryption_enabled": "false",
    }


def require_loopback(endpoint_url: str) -> str:
    """The endpoint itself, if it is an http URL on this machine.

    Raises:
        NotLoopbackError: it is not.
    """
    parts = urlsplit(endpoint_url)
    if parts.scheme not in {"http", "https"} or not is_loopback(parts.hostname or ""):
        raise NotLoopbackError(endpoint_url)
    return endpoint_url


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def client(service: str, endpoint_url: str | None = None, region: str = REGION) -> Any:
    """A boto3 client of the sandbox, shared by all threads.

    Args:
        service: boto3's name, for example `s3`.
        endpoint_url: default: AWS_ENDPOINT_URL.
        region: whose resources it sees.

    Raises:
        NoSandboxError: no endpoint is given and AWS_ENDPOINT_URL is not set.
        NotLoopbackError: the endpoint is not on this machine.
    """
    endpoint = endpoint_url or os.environ.get("AWS_ENDPOINT_URL", "")
    if not endpoint:
        raise NoSandboxError(
            "AWS_ENDPOINT_URL is not set: start a sandbox with `python -m sandbox up`, then "
            '`eval "$(python -m sandbox env)"`.'
        )
    with _client_lock:
        return _client(service, endpoint, region)


def new_client(service: str, endpoint_url: str, region: str = REGION) -> Any:
    """A boto3 client of the sandbox that nobody else has; see `client`."""
    return _session().client(  # type: ignore[call-overload]
        service,
        region_name=region,
        endpoint_url=require_loopback(endpoint_url),
        config=Config(
            retries={"total_max_attempts": 2, "mode": "standard"},
            max_pool_connections=32,
            proxies={},
            s3={"addressing_style": "path"},
        ),
    )


_client = lru_cache(maxsize=64)(new_client)


@lru_cache(maxsize=1)
def _session() -> boto3.session.Session:
    """One for all clients: it keeps the service models, whose reading takes longest."""
    no_user = {
        # (name in a profile, environment variable, default, conversion) of botocore's settings.
        "profile": (None, None, None, None),
        "config_file": (None, None, os.devnull, None),
        "credentials_file": (None, None, os.devnull, None),
        "ca_bundle": (None, None, None, None),
    }
    return boto3.session.Session(
        botocore_session=botocore.session.Session(session_vars=no_user),
        aws_access_key_id=_CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=_CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=_CREDENTIALS["AWS_SESSION_TOKEN"],
    )


def export_lines(environment: Mapping[str, str]) -> str:
    """The environment as lines for a POSIX shell's `eval`.

    What the user's shell has of AWS and the sandbox does not set is unset: a profile that is not
    there any more, or an endpoint of one service, which would win over AWS_ENDPOINT_URL.
    """
    foreign = sorted(n for n in os.environ if _FOREIGN.match(n) and n not in environment)
    unset = f"unset {' '.join(foreign)}\n" if foreign else ""
    exports = (f"export {name}={shlex.quote(value)}\n" for name, value in environment.items())
    return unset + "".join(exports)
