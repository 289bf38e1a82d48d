"""The folders of job files, of the scripts made from them, and of the tables that they use."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from glue_studio.errors import GlueStudioError
from glue_studio.formats import load
from glue_studio.model import Job

JOBS_FOLDER = "glue_studio_json"
SCRIPTS_FOLDER = "glue_scripts"
TABLES_FOLDER = "terraform/tables"


class ProjectError(GlueStudioError):
    """A job that was asked for is not in the project, or its file cannot be used."""


class TableFileError(GlueStudioError):
    """A table definition file cannot be read."""


@dataclass(frozen=True)
class TableFile:
    """The definition of a table of the Data Catalog.

    Attributes:
        path: the file that holds it.
        database: the table's database; empty where the file is one of any.
        name: the table's name.
        columns: names of its columns, those that part it last.
        zone: the zone that its files are in; empty where the file does not say.
    """

    path: Path
    database: str
    name: str
    columns: tuple[str, ...]
    zone: str


@dataclass(frozen=True)
class JobFile:
    """A job and the file that holds it."""

    path: Path
    job: Job


@dataclass(frozen=True)
class Project:
    """A folder with glue_studio_json/ and glue_scripts/ in it."""

    root: Path

    @property
    def jobs_folder(self) -> Path:
        """Where the job files are: one job a file, `<anything>.json`."""
        return self.root / JOBS_FOLDER

    @property
    def scripts_folder(self) -> Path:
        """Where the generated scripts are: `<job file's stem>.py`."""
        return self.root / SCRIPTS_FOLDER

    @property
    def tables_folder(self) -> Path:
        """Where the table definitions are: see `read_table_files`."""
        return self.root / TABLES_FOLDER

    def job_paths(self) -> list[Path]:
        """The job files, sorted; none where there is no folder of them.

        Raises:
            ProjectError: the folder cannot be read.
        """
        try:
            return sorted(path for path in self.jobs_folder.iterdir() if path.suffix == ".json")
        except FileNotFoundError:
            return []
        except OSError as error:  # which Path.glob would take for an empty folder
            raise ProjectError(
                f"{self.jobs_folder} cannot be read: {error.strerror or error}."
            ) from error

    def script_path(self, job_file: JobFile) -> Path:
        """Where the script of a job of this project belongs."""
        return self.scripts_folder / f"{job_file.path.stem}.py"

    def job_files(self, wanted: Sequence[str] = ()) -> list[JobFile]:
        """The jobs with the names or files asked for; with none asked for, every job.

        Raises:
            ProjectError: no such job, no job at all, two files with one job's name.
            GlueStudioError: a file holds no job.
        """
        return [self._one(item) for item in wanted] if wanted else self._every_job()

    def _one(self, name: str) -> JobFile:
        if names_file(name):
            return read_job(Path(name))
        expected = self.jobs_folder / f"{name}.json"
        if _is_file(expected):
            # Another file that is broken does not keep this one from being used.
            file = read_job(expected)
            if file.job.name == name:
                return file
        try:
            return self._named(self._every_job(), name)
        except ProjectError:
            if name.endswith(".json") or _is_file(Path(name)):
                return read_job(Path(name))  # tells what is wrong with a file that cannot be read
            raise

    def _every_job(self) -> list[JobFile]:
        if not self.jobs_folder.is_dir():
            raise ProjectError(
                f"There is no folder {self.jobs_folder}; run this in the project's folder, "
                "or name it with --project."
            )
        files = [read_job(path) for path in self.job_paths()]
        if not files:
            raise ProjectError(f"There is no job in {self.jobs_folder}; `import` puts one there.")
        owners: dict[str, Path] = {}
        for file in files:
            other = owners.setdefault(file.job.name, file.path)
            if other != file.path:
                raise ProjectError(
                    f"{other.name} and {file.path.name} both hold a job named {file.job.name!r}; "
                    "rename one of the jobs."
                )
        return files

    def _named(self, every: list[JobFile], name: str) -> JobFile:
        for file in every:
            if name in (file.job.name, file.path.stem):
                return file
        known = ", ".join(file.job.name for file in every)
        raise ProjectError(f"There is no job {name!r} in {self.jobs_folder}; there are: {known}.")


def read_job(path: Path) -> JobFile:
    """Read one job file of any shape.

    Raises:
        ProjectError: the file cannot be read.
        GlueStudioError: it holds no job; the message begins with the file's name.
    """
    try:
        return JobFile(path, load(path))
    except OSError as error:
        raise ProjectError(f"{path} cannot be read: {error.strerror or error}.") from error
    except GlueStudioError as error:
        where = "" if str(error).startswith(f"{path} ") else f"{path}: "
        raise ProjectError(f"{where}{error}") from error


def read_table_files(directory: Path) -> list[TableFile]:
    """Read every `<table>.json` of a folder, and every `<database>/<table>.json`.

    Such a file is an object with `columns`, a list of `{"name": …}`; `partition_keys` of the same
    form, `zone`, `database` and `name` are optional.

    Raises:
        TableFileError: a file is not of that form.
    """
    return [
        _table_file(path, "" if path.parent == directory else path.parent.name)
        for path in sorted(directory.rglob("*.json"))
    ]


def _table_file(path: Path, folder: str) -> TableFile:
    try:
        document = json.loads(path.read_bytes())
        columns = [*document["columns"], *(document.get("partition_keys") or ())]
        return TableFile(
            path,
            str(document.get("database") or folder),
            str(document.get("name") or path.stem),
            tuple(str(column["name"]) for column in columns),
            str(document.get("zone") or ""),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise TableFileError(
            f"{path} is not a table definition: a JSON object with a list of columns, "
            f'each {{"name": …}}, is wanted.'
        ) from error


def names_file(name: str) -> bool:
    """Whether a file is meant: a plain name is a job's, though a file or folder may have it too."""
    return ("." in name or "/" in name) and _is_file(Path(name))


def _is_file(path: Path) -> bool:
    """Whether there is a file, or a pipe such as the shell's `<(…)`."""
    try:
        return path.exists() and not path.is_dir()
    except OSError:  # longer than the file system takes, as a job's name may be
        return False
