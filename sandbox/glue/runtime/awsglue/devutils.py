"""Glue jobs through boto3, as objects: for use in notebooks."""

import logging
import os
from urllib.parse import urlsplit

from sandbox.environment import client

_LOG = logging.getLogger(__name__)


class _Described:
    def __repr__(self):
        return str(self.as_dict())

    def as_dict(self):
        return dict(vars(self))


class ExecutionProperty(_Described):
    def __init__(self, maxConcurrentRuns=1):
        self.maxConcurrentRuns = maxConcurrentRuns

    def __repr__(self):
        return super().__repr__()

    def as_dict(self):
        return {"MaxConcurrentRuns": self.maxConcurrentRuns}


class Command(_Described):
    def __init__(self, name, scriptLocation):
        self.name = name
        self.scriptLocation = scriptLocation

    def __repr__(self):
        return super().__repr__()

    def as_dict(self):
        return {"Name": self.name, "ScriptLocation": self.scriptLocation}


class Connections(_Described):
    def __init__(self, connections=[]):
        self.connections = connections

    def __repr__(self):
        return super().__repr__()

    def as_dict(self):
        return {"Connections": self.connections}


class Job(_Described):
    def __init__(self):
        self.name = ""
        self.description = ""
        self.logUri = ""
        self.role = ""
        self.executionProperty = ExecutionProperty()
        self.command = None
        self.defaultArguments = {}
        self.connections = None
        self.maxRetries = 0
        self.allocatedCapacity = 0

    def __repr__(self):
        return super().__repr__()

    def as_dict(self):
        members = {
            "Name": self.name,
            "Description": self.description,
            "LogUri": self.logUri,
            "Role": self.role,
            "ExecutionProperty": self.executionProperty and self.executionProperty.as_dict(),
            "Command": self.command and self.command.as_dict(),
            "DefaultArguments": self.defaultArguments,
            "Connections": self.connections and self.connections.as_dict(),
            "MaxRetries": self.maxRetries,
            "AllocatedCapacity": self.allocatedCapacity,
        }
        return {name: value for name, value in members.items() if value}

    def as_job_create_dict(self):
        return self.as_dict()

    def as_job_update_dict(self):
        update = self.as_dict()
        return {"JobName": update.pop("Name"), "JobUpdate": update}


class GlueJobUtils:
    def __init__(self, glue_context):
        self.glue_context = glue_context

    def _glue_job_response_to_job(self, response_job):
        job = Job()
        command = response_job["Command"]
        job.name = response_job["Name"]
        job.role = response_job.get("Role", "")
        job.description = response_job.get("Description", "")
        job.command = Command(command["Name"], command.get("ScriptLocation", ""))
        job.defaultArguments = response_job.get("DefaultArguments", {})
        job.maxRetries = response_job.get("MaxRetries", 0)
        return job

    def get_jobs(self, nextToken=""):
        answer = client("glue").get_jobs(**({"NextToken": nextToken} if nextToken else {}))
        return [self._glue_job_response_to_job(job) for job in answer["Jobs"]]

    def get_job(self, jobName):
        return self._glue_job_response_to_job(client("glue").get_job(JobName=jobName)["Job"])

    def _get_bucket_prefix_from_s3_url(self, s3_url):
        parts = urlsplit(s3_url)
        return parts.netloc, parts.path.lstrip("/")

    def _upload_file_to_s3(self, s3_url, file):
        bucket, key = self._get_bucket_prefix_from_s3_url(s3_url)
        client("s3").upload_file(os.fspath(file), bucket, key)

    def create_job(self, job, file=""):
        if file:
            self._upload_file_to_s3(job.command.scriptLocation, file)
        return client("glue").create_job(**job.as_job_create_dict())

    def update_job(self, job, file=""):
        if file:
            self._upload_file_to_s3(job.command.scriptLocation, file)
        return client("glue").update_job(**job.as_job_update_dict())

    def delete_job(self, jobName):
        return client("glue").delete_job(JobName=jobName)
