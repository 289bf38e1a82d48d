"""The flags that say who speaks to AWS, of the verbs that do."""

import argparse
import re

from glue_studio.aws import Identity


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags to a verb's parser."""
    parser.add_argument(
        "--account",
        type=_account,
        metavar="ID",
        help="account that must be meant: with credentials of another one, nothing is sent",
    )
    parser.add_argument("--region", help="region (default: AWS_REGION, or the profile's)")
    parser.add_argument("--profile", help="profile with the credentials")
    parser.add_argument("--assume-role", metavar="ARN", help="role to assume with the credentials")


def identity_of(arguments: argparse.Namespace) -> Identity:
    """Who is meant by the flags."""
    return Identity(arguments.account, arguments.region, arguments.profile, arguments.assume_role)


def _account(text: str) -> str:
    if not re.fullmatch(r"[0-9]{12}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not an account id of 12 digits")
    return text
