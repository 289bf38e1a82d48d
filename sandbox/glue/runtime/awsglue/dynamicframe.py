# ruff: noqa: SLF001 -- frames, readers and the context are one library
"""DynamicFrame: a table of self-describing records. Here it stands on a Spark DataFrame."""

import json

from gluesandbox import messages
from gluesandbox.storage import catalog
from gluesandbox.transforms import nesting, shaping
from gluesandbox.types import choices, fields, records
from pyspark.sql import functions as F
from pyspark.sql.types import BooleanType as _SparkBoolean
from pyspark.sql.types import StringType as _SparkString
from pyspark.sql.types import StructField as _SparkField
from pyspark.sql.types import StructType as _SparkStruct

from awsglue.gluetypes import (
    _create_dynamic_record,
    _of_spark,
    _revert_to_dict,
    _to_spark,
    _tree,
)

long = int
basestring = unicode = str
imap = map
ifilter = filter


class ResolveOption:
    """What resolveChoice does with one field: `cast`, `project`, `make_cols` or `make_struct`."""

    def __init__(self, path, action, target=None):
        self.path = path
        self.action = action
        self.target = target


class DynamicFrame:
    """Frames are made by a GlueContext, by `fromDF` and by transforms.

    Args:
        jdf: Here a frame of records (`gluesandbox.types.fields`), where AWS's own has a Java
            DynamicFrame.
        glue_ctx: The GlueContext.
        name: Of the frame.
    """

    def __init__(self, jdf, glue_ctx, name=""):
        self._frame = jdf
        self._local = None
        self._make = None
        self._make_full = None
        self._error_frames = ()
        self.glue_ctx = glue_ctx
        self._sc = glue_ctx and glue_ctx._sc
        self._ssql_ctx = glue_ctx
        self._schema = None
        self.name = name

    @property
    def _jdf(self):
        if self._frame is None:
            self._frame = self._make()
        return self._frame

    @property
    def _full(self):
        """The frame with what each record lacks, which only functions of a script ask for."""
        if self._make_full is not None:
            self._frame, self._make_full = self._make_full(), None
        return self._jdf

    @property
    def _rdd(self):
        frame = self._full
        schema = frame.schema
        return frame.rdd.map(lambda row: {"record": records.as_record(row, schema)})

    @classmethod
    def _of_rows(cls, rows, schema, glue_ctx, name):
        """A frame of a few rows (tuples) that Python holds: no Spark runs until Spark needs it."""
        frame = cls._lazily(
            lambda: glue_ctx.spark_session.createDataFrame(rows, schema), glue_ctx, name
        )
        frame._local = (rows, schema)
        return frame

    @classmethod
    def _lazily(cls, make, glue_ctx, name):
        """A frame whose DataFrame is made when somebody looks at it."""
        frame = cls(None, glue_ctx, name)
        frame._make = make
        return frame

    def _derived(self, change, *others, errors=(), name=None, full=False):
        """What `change` makes of this frame and others, perhaps of what their records lack."""
        sides = (self, *others)
        frame = DynamicFrame(
            change(*(side._full if full else side._jdf for side in sides)),
            self.glue_ctx,
            self.name if name is None else name,
        )
        if any(side._make_full is not None for side in sides):
            frame._make_full = lambda: change(*(side._full for side in sides))
        earlier = (error for side in sides for error in side._error_frames)
        frame._error_frames = (*earlier, *errors)
        return frame

    def with_frame_schema(self, schema):
        """The same frame with its schema told, cast to it."""
        target = _to_spark(schema)

        def cast(frame):
            columns = fields.Columns(frame)
            ways = [(field, fields.resolve(columns.schema, field.name)) for field in target]
            return columns.select(
                (field.name, choices.cast(columns.at(way), way[-1].dataType, field.dataType))
                for field, way in ways
                if way is not None
            )

        return self._derived(cast)

    def schema(self):
        if self._schema is None:
            schema = self._local[1] if self._local else fields.Columns(self._jdf).schema
            self._schema = _of_spark(schema)
        return self._schema

    def show(self, num_rows=20):
        frame = self._jdf
        for row in frame.limit(num_rows).collect():
            record = records.as_record(row, frame.schema)
            print(json.dumps(record, separators=(",", ":"), default=str, ensure_ascii=False))

    def filter(self, f, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0):
        """The records for which `f` is true.

        As in AWS's own: one on which it raises a KeyError, ValueError or TypeError is left out, one
        on which it raises something else is an error record.
        """
        if self._local:
            rows, schema = self._local
            row_of = records.Row(*schema.names)
            kept = [row for row in rows if _judged(f, row_of(*row), schema)[0]]
            return self._of_rows(kept, schema, self.glue_ctx, self.name)
        columns = fields.Columns(self._full)
        schema = self._full.schema
        row = F.struct(
            *(value.alias(name) for name, value in columns.named()),
            *([] if columns.absent is None else [columns.absent.alias(fields.ABSENT)]),
        )

        @F.udf(_SparkStruct([_SparkField("keep", _SparkBoolean()), _SparkField("error", _SparkString())]))  # fmt: skip
        def judge(record):
            return _judged(f, record, schema)

        judged = columns.frame.withColumn("__judged", judge(row))
        names = self._full.columns
        bad = judged.filter("__judged.error IS NOT NULL").select("__judged.error")
        good = judged.filter("__judged.keep").drop("__judged").toDF(*names)
        return self._finished(good, bad, stageThreshold, totalThreshold)

    def _finished(self, frame, bad, stage_threshold, total_threshold):
        """A frame of what a script's function gave, with the records on which it failed."""
        result = DynamicFrame(frame, self.glue_ctx, self.name)
        result._error_frames = (*self._error_frames, bad)
        result._guard(stage_threshold, total_threshold, bad)
        return result

    def mapPartitions(
        self,
        f,
        preservesPartitioning=True,
        transformation_ctx="",
        info="",
        stageThreshold=0,
        totalThreshold=0,
    ):
        def call(index, items):
            return f(items)

        return self.mapPartitionsWithIndex(
            call, preservesPartitioning, transformation_ctx, info, stageThreshold, totalThreshold
        )

    def map(
        self,
        f,
        preservesPartitioning=False,
        transformation_ctx="",
        info="",
        stageThreshold=0,
        totalThreshold=0,
    ):
        """`f` of each record; one on which it raises, or gives nothing, is an error record."""

        def call(_, items):
            for item in items:
                try:
                    result = _revert_to_dict(f(_create_dynamic_record(item["record"])))
                except Exception as error:  # noqa: BLE001 -- as in AWS's own
                    yield {"isError": True, "errorMessage": f"{type(error).__name__}: {error}"}
                    continue
                if result:
                    yield {"record": result}
                else:
                    message = "User-specified function returned None instead of DynamicRecord"
                    yield {"isError": True, "errorMessage": message}

        return self.mapPartitionsWithIndex(
            call, preservesPartitioning, transformation_ctx, info, stageThreshold, totalThreshold
        )

    def mapPartitionsWithIndex(
        self,
        f,
        preservesPartitioning=False,
        transformation_ctx="",
        info="",
        stageThreshold=0,
        totalThreshold=0,
    ):
        """`f` of a number and the items of a partition, each a dictionary with a `record`.

        An item that it gives may have `isError` and `errorMessage` instead.
        """
        items = self._rdd.mapPartitionsWithIndex(f, preservesPartitioning).cache()
        good = items.filter(lambda item: not item.get("isError")).map(_record_in)
        bad = items.filter(lambda item: item.get("isError")).map(
            lambda item: (str(item.get("errorMessage")),)
        )
        spark = self.glue_ctx.spark_session
        fallback = fields.Columns(self._jdf).schema
        frame = records.frame_of(spark, good, fallback, widen=True)
        complaints = spark.createDataFrame(
            bad, _SparkStruct([_SparkField("error", _SparkString())])
        )
        return self._finished(frame, complaints, stageThreshold, totalThreshold)

    def printSchema(self):
        print(_tree(self.schema()))

    def toDF(self, options=None):
        """The DataFrame, in which a choice that `options` (ResolveOptions) leave is a struct."""
        frame = self._jdf
        for option in options or ():
            if option.action != "KeepAsStruct" and option.target is None:
                raise Exception(f"Missing target type for resolve action {option.action}.")  # noqa: TRY002
            spec = self.glue_ctx.convert_resolve_option(option.path, option.action, option.target)
            action = spec.action if spec.target is None else f"{spec.action}:{spec.target}"
            frame = shaping.resolve(frame, spec.path, action)
        columns = fields.Columns(frame)
        if columns.absent is None and not choices.has_choices(columns.schema):
            return frame
        kinds = [field.dataType for field in columns.schema]
        return columns.frame.select(
            *(
                (value.cast(choices.plain(kind)) if choices.has_choices(kind) else value).alias(
                    name
                )
                for (name, value), kind in zip(columns.named(), kinds, strict=True)
            )
        )

    @classmethod
    def fromDF(cls, dataframe, glue_ctx, name=""):
        """A frame of rows; of columns of one name, the last one is kept."""
        frame, twice = fields.unique(dataframe)
        if twice:
            messages.note(
                f"fromDF: a record has a field of a name once; of {', '.join(twice)} the last "
                "column is kept."
            )
        return cls(frame, glue_ctx, name)

    def unbox(
        self,
        path,
        format,
        transformation_ctx="",
        info="",
        stageThreshold=0,
        totalThreshold=0,
        **options,
    ):
        """The field's text, parsed, in its place."""
        return self._derived(lambda frame: nesting.unbox(frame, path, format, options))

    def drop_fields(
        self, paths, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0
    ):
        paths = [paths] if isinstance(paths, str) else paths
        return self._derived(lambda frame: fields.drop(frame, paths))

    def select_fields(
        self, paths, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0
    ):
        paths = [paths] if isinstance(paths, str) else paths
        return self._derived(lambda frame: fields.select(frame, paths))

    def split_fields(
        self,
        paths,
        name1,
        name2,
        transformation_ctx="",
        info="",
        stageThreshold=0,
        totalThreshold=0,
    ):
        paths = [paths] if isinstance(paths, str) else paths
        chosen = self._derived(lambda frame: fields.select(frame, paths), name=name1)
        rest = self._derived(lambda frame: fields.drop(frame, paths), name=name2)
        return DynamicFrameCollection({name1: chosen, name2: rest}, self.glue_ctx)

    def split_rows(
        self,
        comparison_dict,
        name1,
        name2,
        transformation_ctx="",
        info="",
        stageThreshold=0,
        totalThreshold=0,
    ):
        """Rows that meet every comparison (`{"age": {">": 10}}`), and the others."""

        def part(meeting):
            def rows(frame):
                columns, condition = shaping.comparison(frame, comparison_dict)
                meets = F.coalesce(condition, F.lit(False))
                return columns.frame.filter(meets if meeting else ~meets).toDF(*frame.columns)

            return rows

        chosen = self._derived(part(True), name=name1)
        rest = self._derived(part(False), name=name2)
        return DynamicFrameCollection({name1: chosen, name2: rest}, self.glue_ctx)

    def rename_field(
        self, oldName, newName, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0
    ):
        return self._derived(lambda frame: shaping.rename(frame, oldName, newName))

    def write(
        self,
        connection_type,
        connection_options={},
        format=None,
        format_options={},
        accumulator_size=0,
    ):
        return self.glue_ctx.write_from_options(
            self, connection_type, connection_options, format, format_options
        )

    def count(self):
        return len(self._local[0]) if self._local else self._jdf.count()

    def spigot(
        self,
        path,
        options={},
        transformation_ctx="",
        info="",
        stageThreshold=0,
        totalThreshold=0,
    ):
        """Write a sample as JSON (`topk` records, each kept with `prob`) and pass all on."""
        sample = self._jdf
        if "prob" in options:
            sample = sample.sample(fraction=float(options["prob"]), seed=0)
        if "topk" in options:
            sample = sample.limit(int(options["topk"]))
        self.glue_ctx.write_dynamic_frame_from_options(
            self._derived(lambda _: sample), "s3", {"path": path}, "json"
        )
        return self._derived(lambda frame: frame)

    def join(
        self,
        paths1,
        paths2,
        frame2,
        transformation_ctx="",
        info="",
        stageThreshold=0,
        totalThreshold=0,
    ):
        """Inner equijoin; a field of the second whose name the first has too gets a leading dot."""
        paths1 = [paths1] if isinstance(paths1, str) else paths1
        paths2 = [paths2] if isinstance(paths2, str) else paths2
        return self._derived(
            lambda left, right: shaping.join(left, paths1, right, paths2),
            frame2,
            name=self.name + frame2.name,
        )

    def unnest(self, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0):
        """Every nested struct flattened into columns named `outer.inner`."""
        return self._derived(nesting.unnest)

    def relationalize(
        self,
        root_table_name,
        staging_path,
        options={},
        transformation_ctx="",
        info="",
        stageThreshold=0,
        totalThreshold=0,
    ):
        """A collection: the flattened rows, and a table of its own for each array."""
        tables = nesting.relationalize(self._jdf, root_table_name)
        frames = {name: DynamicFrame(table, self.glue_ctx, name) for name, table in tables.items()}
        return DynamicFrameCollection(frames, self.glue_ctx)

    def applyMapping(self, *args, **kwargs):
        if args and isinstance(args[0], DynamicFrame):
            args = args[1:]  # as AWS's own, which was once called so
        return self.apply_mapping(*args, **kwargs)

    def apply_mapping(
        self,
        mappings,
        case_sensitive=False,
        transformation_ctx="",
        info="",
        stageThreshold=0,
        totalThreshold=0,
    ):
        parsed = shaping.parsed_mappings(mappings)
        return self._derived(
            lambda frame: shaping.apply_mapping(frame, parsed, case_sensitive),
            full=shaping.makes_structs(parsed),  # one of nothing but what a record lacks is NULL
        )

    def unnest_ddb_json(self, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0):
        raise messages.not_in_sandbox("unnest_ddb_json, which reads DynamoDB exports,")

    def simplify_ddb_json(self):
        raise messages.not_in_sandbox("simplify_ddb_json, which reads DynamoDB exports,")

    def resolveChoice(
        self,
        specs=None,
        choice="",
        database=None,
        table_name=None,
        transformation_ctx="",
        info="",
        stageThreshold=0,
        totalThreshold=0,
        catalog_id=None,
    ):
        """The choices of the frame resolved, each as `specs` say or all of them as `choice` says."""
        if specs is None and not choice:
            raise Exception("Parameter specs and option are both missing, add one.")  # noqa: TRY002
        if specs is not None and choice:
            raise Exception("Parameter specs and option are both specified, choose one.")  # noqa: TRY002
        catalog.require_own(catalog_id)
        specs = [specs] if isinstance(specs, tuple) else specs or []

        def resolve(frame):
            for path, spec in specs:
                frame = shaping.resolve(frame, path, spec)
            if choice.lower().startswith("match_catalog"):
                return shaping.match_catalog(frame, database, table_name)
            return shaping.resolve_choices(frame, choice) if choice else frame

        return self._derived(resolve)

    def mergeDynamicFrame(
        self,
        stage_dynamic_frame,
        primary_keys,
        transformation_ctx="",
        options={},
        info="",
        stageThreshold=0,
        totalThreshold=0,
    ):
        """The staged records, and those of this frame whose keys no staged record has."""
        primary_keys = [primary_keys] if isinstance(primary_keys, str) else primary_keys
        return self._derived(
            lambda base, staged: shaping.merge(base, staged, primary_keys), stage_dynamic_frame
        )

    def union(
        self, other_frame, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0
    ):
        return self._derived(fields.union, other_frame)

    def getNumPartitions(self):
        return self._jdf.rdd.getNumPartitions()

    def repartition(
        self, num_partitions, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0
    ):
        return self._derived(lambda frame: frame.repartition(num_partitions))

    def coalesce(
        self,
        num_partitions,
        shuffle=False,
        transformation_ctx="",
        info="",
        stageThreshold=0,
        totalThreshold=0,
    ):
        if shuffle:
            return self.repartition(num_partitions)
        return self._derived(lambda frame: frame.coalesce(num_partitions))

    def errorsAsDynamicFrame(self):
        """The error records, each as its text in a column `error`."""
        spark = self.glue_ctx.spark_session
        texts = [frame.select(F.col("error").cast("string")) for frame in self._error_frames]
        empty = spark.createDataFrame([], "error string")
        for text in texts:
            empty = empty.union(text)
        return DynamicFrame(empty, self.glue_ctx, "errors")

    def errorsCount(self):
        return sum(frame.count() for frame in self._error_frames)

    def stageErrorsCount(self):
        return self._error_frames[-1].count() if self._error_frames else 0

    def assertErrorThreshold(self):
        """Raise if there is any error record."""
        count = self.errorsCount()
        if count:
            raise messages.GlueException(f"The frame {self.name!r} has {count} error records.")

    def _guard(self, stage_threshold, total_threshold, stage_errors):
        """Raise when more records failed than a threshold other than 0 (no limit) allows."""
        if stage_threshold and stage_errors.count() > stage_threshold:
            raise messages.GlueException(
                f"More than {stage_threshold} records failed in the transform {self.name!r}."
            )
        if total_threshold and self.errorsCount() > total_threshold:
            raise messages.GlueException(
                f"More than {total_threshold} records failed up to the transform {self.name!r}."
            )


def _judged(f, row, schema):
    """Whether a filter's function keeps a record, and the error that it raised, if it counts."""
    try:
        return bool(f(_create_dynamic_record(records.as_record(row, schema)))), None
    except (KeyError, ValueError, TypeError):
        return False, None
    except Exception as error:  # noqa: BLE001 -- as in AWS's own
        return False, f"{type(error).__name__}: {error}"


def _record_in(item):
    if "record" not in item:
        raise KeyError("record: mapPartitions gives dictionaries that have one")
    return _revert_to_dict(item["record"])


class DynamicFrameCollection:
    """Frames by name, in order."""

    def __init__(self, dynamic_frames, glue_ctx):
        if isinstance(dynamic_frames, list):
            self._df_dict = {frame.name: frame for frame in dynamic_frames}
        elif isinstance(dynamic_frames, dict):
            self._df_dict = dynamic_frames
        else:
            raise TypeError("dynamic_frames must be list or dict.")
        self.glue_ctx = self._glue_ctx = glue_ctx

    def __getitem__(self, key):
        return self._df_dict[key]

    def __len__(self):
        return len(self._df_dict)

    def keys(self):
        return self._df_dict.keys()

    def values(self):
        return self._df_dict.values()

    def select(self, key, transformation_ctx=""):
        """The frame of that name; one without records if there is none, as in AWS's own."""
        if key in self._df_dict:
            return self._df_dict[key]
        empty = self.glue_ctx.spark_session.createDataFrame([], _SparkStruct([]))
        return DynamicFrame(empty, self.glue_ctx, key)

    def map(self, callable, transformation_ctx=""):
        """`callable(frame, transformation_ctx)` of each frame, under the same name."""
        frames = {}
        for name, frame in self._df_dict.items():
            result = callable(frame, f"{transformation_ctx}:{name}")
            if not isinstance(result, DynamicFrame):
                raise TypeError(f"callable must return a DynamicFrame. Got {type(result)}")
            frames[name] = result
        return DynamicFrameCollection(frames, self.glue_ctx)

    def flatmap(self, f, transformation_ctx=""):
        """As map, but of a collection that `f` gives all frames are taken, by their own names."""
        frames = {}
        for frame in self._df_dict.values():
            result = f(frame, f"{transformation_ctx}:{frame.name}")
            if isinstance(result, DynamicFrame):
                frames[result.name] = result
            elif isinstance(result, DynamicFrameCollection):
                frames.update(result)
            else:
                raise TypeError(
                    "Function argument to flatmap must return DynamicFrame or "
                    f"DynamicFrameCollection. Got {type(result)}"
                )
        return DynamicFrameCollection(frames, self.glue_ctx)


class DynamicFrameReader:
    """`glueContext.create_dynamic_frame`."""

    def __init__(self, glue_context):
        self._glue_context = glue_context

    def from_rdd(self, data, name, schema=None, sampleRatio=None):
        return self._glue_context.create_dynamic_frame_from_rdd(data, name, schema, sampleRatio)

    def from_options(
        self,
        connection_type,
        connection_options={},
        format=None,
        format_options={},
        transformation_ctx="",
        push_down_predicate="",
        **kwargs,
    ):
        return self._glue_context.create_dynamic_frame_from_options(
            connection_type,
            connection_options,
            format,
            format_options,
            transformation_ctx,
            push_down_predicate,
            **kwargs,
        )

    def from_catalog(
        self,
        database=None,
        table_name=None,
        redshift_tmp_dir="",
        transformation_ctx="",
        push_down_predicate="",
        additional_options={},
        catalog_id=None,
        **kwargs,
    ):
        return self._glue_context.create_dynamic_frame_from_catalog(
            database,
            table_name,
            redshift_tmp_dir,
            transformation_ctx,
            push_down_predicate,
            additional_options,
            catalog_id,
            **kwargs,
        )


class DynamicFrameWriter:
    """`glueContext.write_dynamic_frame`."""

    def __init__(self, glue_context):
        self._glue_context = glue_context

    def from_options(
        self,
        frame,
        connection_type,
        connection_options={},
        format=None,
        format_options={},
        transformation_ctx="",
    ):
        return self._glue_context.write_dynamic_frame_from_options(
            frame, connection_type, connection_options, format, format_options, transformation_ctx
        )

    def from_catalog(
        self,
        frame,
        database=None,
        table_name=None,
        redshift_tmp_dir="",
        transformation_ctx="",
        additional_options={},
        catalog_id=None,
        **kwargs,
    ):
        return self._glue_context.write_dynamic_frame_from_catalog(
            frame,
            database,
            table_name,
            redshift_tmp_dir,
            transformation_ctx,
            additional_options,
            catalog_id,
            **kwargs,
        )

    def from_jdbc_conf(
        self,
        frame,
        catalog_connection,
        connection_options={},
        redshift_tmp_dir="",
        transformation_ctx="",
    ):
        return self._glue_context.write_dynamic_frame_from_jdbc_conf(
            frame, catalog_connection, connection_options, redshift_tmp_dir, transformation_ctx
        )
