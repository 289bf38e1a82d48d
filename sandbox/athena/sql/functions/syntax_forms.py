"""What the parser knows by itself and reads like a function, and the session's own words."""

from sqlglot import exp

from sandbox.athena.errors import QueryError
from sandbox.athena.sql import types
from sandbox.athena.sql.functions.base import (
    Arguments,
    Function,
    Kind,
    common,
    first,
    missing,
    rewritten,
    string,
    syntax,
)
from sandbox.athena.sql.relations import type_of


def _typeof(arguments: Arguments) -> exp.Expr:
    (value,) = arguments
    kind = type_of(value)
    if kind is None:
        raise QueryError("NOT_SUPPORTED", "The embedded Athena does not know the type of this")
    return string(types.without_zone(kind))


def _of_branches(kinds: list[Kind]) -> Kind:
    return common(kinds[1:])


FUNCTIONS: list[Function] = [
    *(
        syntax(name)
        for name in [
            "all",
            "any",
            "cast",
            "char",
            "decimal",
            "exists",
            "in",
            "interval",
            "not",
            "some",
            "time",
            "timestamp",
            "try_cast",
            "unnest",
            "varchar",
        ]
    ),
    syntax("coalesce", exp.Coalesce, kind=common),
    syntax("if", exp.If, kind=_of_branches),
    syntax("nullif", exp.Nullif, kind=first),
    syntax("row", exp.Struct),
    syntax("try", exp.Try, kind=first),
    syntax("current_catalog", exp.CurrentCatalog, kind="varchar"),
    syntax("current_schema", exp.CurrentSchema, kind="varchar"),
    syntax("current_user", exp.CurrentUser, kind="varchar"),
    syntax("user", kind="varchar"),
    rewritten("typeof", _typeof, "varchar"),
    *missing(
        "bing_tile bing_tile_at bing_tile_coordinates bing_tile_polygon bing_tile_quadkey "
        "bing_tile_zoom_level bing_tiles_around convex_hull_agg from_encoded_polyline "
        "from_geojson_geometry geometry_from_hadoop_shape geometry_nearest_points "
        "geometry_to_bing_tiles geometry_union geometry_union_agg great_circle_distance "
        "line_interpolate_point line_locate_point simplify_geometry spatial_partitioning "
        "st_area st_asbinary st_astext st_boundary st_buffer st_centroid st_contains st_convexhull "
        "st_coorddim st_crosses st_difference st_dimension st_disjoint st_distance st_endpoint "
        "st_envelope st_envelopeaspts st_equals st_exteriorring st_geometries "
        "st_geometryfromtext st_geometryn st_geometrytype st_geomfrombinary st_interiorringn "
        "st_interiorrings st_intersection st_intersects st_isclosed st_isempty st_isring st_issimple "
        "st_isvalid st_length st_line st_linefromtext st_linestring st_multipoint st_numgeometries "
        "st_numinteriorring st_numpoints st_overlaps st_point st_pointn st_points st_polygon "
        "st_relate st_startpoint st_symdifference st_touches st_union st_within st_x st_xmax st_xmin "
        "st_y st_ymax st_ymin to_encoded_polyline "
        "to_geojson_geometry to_geometry to_spherical_geography",
        "a geospatial function",
    ),
    *missing("bar color objectid objectid_timestamp render rgb timestamp_objectid"),
    *missing("match_number classifier prev next", "a function of MATCH_RECOGNIZE"),
    *missing("features learn_classifier learn_libsvm_classifier learn_regressor regress classify"),
    *missing("t_cdf inverse_t_cdf t_pdf"),
]
