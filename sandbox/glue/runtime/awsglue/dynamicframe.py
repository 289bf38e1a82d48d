# ruff: noqa: SLF001 -- frames, readers and the context are one library
"""DynamicFrame: a table of self-describing records. Here it stands on a Spark DataFrame."""

from gluesandbox import messages
from gluesandbox.transforms import nesting, records, shaping
from gluesandbox.types import fields
from pyspark.sql import functions as F
from pyspark.sql.types import BooleanType as _SparkBoolean
from pyspark.sql.types import StringType as _SparkString
from pyspark.sql.types import StructField as _SparkField
from pyspark.sql.types import StructType as _SparkStruct

from awsglue.gluetypes import DynamicRecord as _DynamicRecord
from awsglue.gluetypes import _of_spark, _revert_to_dict, _to_spark, _tree

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
        jdf: Here a Spark DataFrame, where AWS's own has a Java DynamicFrame.
        glue_ctx: The GlueContext.
        name: Of the frame.
    """

    def __init__(self, jdf, glue_ctx, name=""):
        self._frame = jdf
        self._local = None
        self._make = None
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
    def _rdd(self):
        return records.records_of(self._jdf, _DynamicRecord)

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

    def _derived(self, dataframe, transformation_ctx="", new_errors=()):
        frame = DynamicFrame(dataframe, self.glue_ctx, transformation_ctx or self.name)
        frame._error_frames = (*self._error_frames, *new_errors)
        return frame

    def with_frame_schema(self, schema):
        """The same frame with its schema told, cast to it."""
        target = _to_spark(schema)
        columns = [
            F.col(fields.quote(field.name)).cast(field.dataType).alias(field.name)
            for field in target
        ]
        return self._derived(self._jdf.select(*columns))

    def schema(self):
        if self._schema is None:
            schema = self._local[1] if self._local else self._jdf.schema
            self._schema = _of_spark(schema)
        return self._schema

    def show(self, num_rows=20):
        for line in self._jdf.limit(num_rows).toJSON().collect():
            print(line)

    def filter(self, f, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0):
        """The records for which `f` is true; one on which it raises becomes an error record."""
        if self._local:
            rows, schema = self._local
            kept = [row for row in rows if _keeps(f, row, schema.names)]
            return self._of_rows(kept, schema, self.glue_ctx, transformation_ctx or self.name)
        source = self._jdf
        row = F.struct(*(F.col(fields.quote(name)) for name in source.columns))
        guarded = records.guarded(f)

        @F.udf(_SparkBoolean())
        def keeps(record):
            fine, answer = next(guarded(records.as_record(record, _DynamicRecord)))
            return bool(answer) if fine else False

        @F.udf(_SparkString())
        def complains(record):
            fine, answer = next(guarded(records.as_record(record, _DynamicRecord)))
            return None if fine else answer

        bad = source.withColumn("error", complains(row)).filter(F.col("error").isNotNull())
        result = self._derived(source.filter(keeps(row)), transformation_ctx, [bad])
        result._guard(stageThreshold, totalThreshold, bad)
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
        """`f` of each record; a record on which it raises becomes an error record."""
        guarded = records.guarded(lambda record: _revert_to_dict(f(record)))
        results = self._rdd.flatMap(guarded)
        good = results.filter(lambda result: result[0]).map(lambda result: result[1])
        bad = results.filter(lambda result: not result[0]).map(lambda result: (result[1],))
        spark = self.glue_ctx.spark_session
        frame = records.frame_of(spark, good, self._jdf.schema)
        complaints = spark.createDataFrame(
            bad, _SparkStruct([_SparkField("error", _SparkString())])
        )
        result = self._derived(frame, transformation_ctx, [complaints])
        result._guard(stageThreshold, totalThreshold, complaints)
        return result

    def mapPartitionsWithIndex(
        self,
        f,
        preservesPartitioning=False,
        transformation_ctx="",
        info="",
        stageThreshold=0,
        totalThreshold=0,
    ):
        def call(index, items):
            return (_revert_to_dict(record) for record in f(index, items))

        results = self._rdd.mapPartitionsWithIndex(call, preservesPartitioning)
        spark = self.glue_ctx.spark_session
        return self._derived(records.frame_of(spark, results, self._jdf.schema), transformation_ctx)

    def printSchema(self):
        print(_tree(self.schema()))

    def toDF(self, options=None):
        """The DataFrame, after the choices that `options` (ResolveOptions) resolve."""
        frame = self._jdf
        for option in options or ():
            action = option.action.lower()
            spec = action if option.target is None else f"{action}:{option.target}"
            frame = shaping.resolve(frame, option.path, spec)
        return frame

    @classmethod
    def fromDF(cls, dataframe, glue_ctx, name=""):
        return cls(dataframe, glue_ctx, name)

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
        return self._derived(nesting.unbox(self._jdf, path, format, options), transformation_ctx)

    def drop_fields(
        self, paths, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0
    ):
        paths = [paths] if isinstance(paths, str) else paths
        return self._derived(fields.drop(self._jdf, paths), transformation_ctx)

    def select_fields(
        self, paths, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0
    ):
        paths = [paths] if isinstance(paths, str) else paths
        return self._derived(fields.select(self._jdf, paths), transformation_ctx)

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
        chosen = self._derived(fields.select(self._jdf, paths), f"{transformation_ctx}{name1}")
        rest = self._derived(fields.drop(self._jdf, paths), f"{transformation_ctx}{name2}")
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
        condition = shaping.comparison(self._jdf, comparison_dict)
        meets = F.coalesce(condition, F.lit(False))
        chosen = self._derived(self._jdf.filter(meets), f"{transformation_ctx}{name1}")
        rest = self._derived(self._jdf.filter(~meets), f"{transformation_ctx}{name2}")
        return DynamicFrameCollection({name1: chosen, name2: rest}, self.glue_ctx)

    def rename_field(
        self, oldName, newName, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0
    ):
        return self._derived(shaping.rename(self._jdf, oldName, newName), transformation_ctx)

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
            self._derived(sample), "s3", {"path": path}, "json"
        )
        return self._derived(self._jdf, transformation_ctx)

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
        joined = shaping.join(self._jdf, paths1, frame2._jdf, paths2)
        result = self._derived(joined, transformation_ctx)
        result._error_frames += frame2._error_frames
        return result

    def unnest(self, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0):
        """Every nested struct flattened into columns named `outer.inner`."""
        return self._derived(nesting.unnest(self._jdf), transformation_ctx)

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
        frames = {name: self._derived(table, name) for name, table in tables.items()}
        return DynamicFrameCollection(frames, self.glue_ctx)

    def applyMapping(self, *args, **kwargs):
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
        return self._derived(
            shaping.apply_mapping(self._jdf, mappings, case_sensitive), transformation_ctx
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
        """Fields cast as `specs` say, or all of them to the types of a catalog table.

        A DataFrame has one type a column, so no choice is ever open here; `make_cols`,
        `make_struct` and a bare `choice` leave the frame as it is.
        """
        if specs is not None and choice:
            raise ValueError("resolveChoice takes specs or a choice, not both.")
        frame = self._jdf
        if choice.startswith("match_catalog"):
            frame = shaping.match_catalog(frame, database, table_name)
        elif choice:
            for name in frame.columns:
                frame = shaping.resolve(frame, fields.quote(name), choice)
        for path, spec in specs or ():
            frame = shaping.resolve(frame, path, spec)
        return self._derived(frame, transformation_ctx)

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
        merged = shaping.merge(self._jdf, stage_dynamic_frame._jdf, primary_keys)
        return self._derived(merged, transformation_ctx)

    def union(
        self, other_frame, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0
    ):
        united = self._jdf.unionByName(other_frame._jdf, allowMissingColumns=True)
        result = self._derived(united, transformation_ctx)
        result._error_frames += other_frame._error_frames
        return result

    def getNumPartitions(self):
        return self._jdf.rdd.getNumPartitions()

    def repartition(
        self, num_partitions, transformation_ctx="", info="", stageThreshold=0, totalThreshold=0
    ):
        return self._derived(self._jdf.repartition(num_partitions), transformation_ctx)

    def coalesce(
        self,
        num_partitions,
        shuffle=False,
        transformation_ctx="",
        info="",
        stageThreshold=0,
        totalThreshold=0,
    ):
        frame = self._jdf
        fewer = frame.repartition(num_partitions) if shuffle else frame.coalesce(num_partitions)
        return self._derived(fewer, transformation_ctx)

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


def _keeps(f, row, names):
    record = records.as_record(records.Row(*names)(*row), _DynamicRecord)
    return bool(f(record))


class DynamicFrameCollection:
    """Frames by name, in order."""

    def __init__(self, dynamic_frames, glue_ctx):
        if isinstance(dynamic_frames, dict):
            frames = dict(dynamic_frames)
        else:
            frames = {frame.name: frame for frame in dynamic_frames}
        self._df_dict = frames
        self.glue_ctx = glue_ctx

    def __getitem__(self, key):
        return self._df_dict[key]

    def __len__(self):
        return len(self._df_dict)

    def keys(self):
        return self._df_dict.keys()

    def values(self):
        return self._df_dict.values()

    def select(self, key, transformation_ctx=""):
        return self._df_dict[key]

    def map(self, callable, transformation_ctx=""):
        """`callable(frame, transformation_ctx)` of each frame, under the same name."""
        return DynamicFrameCollection(
            {
                name: callable(frame, f"{transformation_ctx}{name}")
                for name, frame in self._df_dict.items()
            },
            self.glue_ctx,
        )

    def flatmap(self, f, transformation_ctx=""):
        """As map, but a collection that `f` gives is taken apart: its frames are `name_key`."""
        frames = {}
        for name, frame in self._df_dict.items():
            result = f(frame, f"{transformation_ctx}{name}")
            if isinstance(result, DynamicFrameCollection):
                frames.update(
                    {
                        f"{name}_{key}": result[key]
                        for key in result.keys()  # noqa: SIM118 -- a collection is not a mapping
                    }
                )
            else:
                frames[name] = result
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
