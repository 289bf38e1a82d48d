locals {
  # The SerDe and its parameters as Athena's CREATE EXTERNAL TABLE writes them, so that both make the same table.
  formats = {
    json = {
      input_format  = "org.apache.hadoop.mapred.TextInputFormat"
      output_format = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
      library       = "org.openx.data.jsonserde.JsonSerDe"
      # A malformed line reads as a row of NULLs, which can be counted; it does not stop the query.
      serde_parameters = { "serialization.format" = "1", "ignore.malformed.json" = "true" }
      parameters       = { EXTERNAL = "TRUE", classification = "json" }
    }
    parquet = {
      input_format     = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
      output_format    = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat"
      library          = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"
      serde_parameters = { "serialization.format" = "1" }
      parameters       = { EXTERNAL = "TRUE", classification = "parquet", "parquet.compression" = "SNAPPY" }
    }
  }

  # Athena keeps a view's columns with its own names of types.
  presto_types = { int = "integer", string = "varchar" }
}

resource "aws_glue_catalog_database" "this" {
  name        = var.database
  description = var.description
}

resource "aws_glue_catalog_table" "table" {
  for_each = var.tables

  database_name = aws_glue_catalog_database.this.name
  name          = each.key
  description   = each.value.description
  table_type    = "EXTERNAL_TABLE"
  parameters    = local.formats[each.value.format].parameters

  storage_descriptor {
    location          = each.value.location
    input_format      = local.formats[each.value.format].input_format
    output_format     = local.formats[each.value.format].output_format
    number_of_buckets = -1

    ser_de_info {
      serialization_library = local.formats[each.value.format].library
      parameters            = local.formats[each.value.format].serde_parameters
    }

    dynamic "columns" {
      for_each = each.value.columns

      content {
        name    = columns.value.name
        type    = columns.value.type
        comment = columns.value.comment
      }
    }
  }
}

# An Athena view is a table without files, whose text is the query and its types as base64 JSON in a comment.
resource "aws_glue_catalog_table" "view" {
  for_each = var.views

  database_name = aws_glue_catalog_database.this.name
  name          = each.key
  description   = each.value.description
  table_type    = "VIRTUAL_VIEW"
  parameters    = { presto_view = "true", comment = "Presto View" }

  view_expanded_text = "/* Presto View */"
  view_original_text = format("/* Presto View: %s */", base64encode(jsonencode({
    originalSql = each.value.sql
    catalog     = "awsdatacatalog"
    schema      = var.database
    columns     = [for column in each.value.columns : { name = column.name, type = lookup(local.presto_types, column.type, column.type) }]
  })))

  storage_descriptor {
    # Athena writes an empty one. The provider sends it only if something is in it, and without it Athena answers
    # "Table storage descriptor is missing SerDe info" (hashicorp/terraform-provider-aws issue 28517).
    ser_de_info {
      serialization_library = local.formats.parquet.library
    }

    dynamic "columns" {
      for_each = each.value.columns

      content {
        name    = columns.value.name
        type    = columns.value.type
        comment = columns.value.comment
      }
    }
  }

  lifecycle {
    precondition {
      condition     = !contains(keys(var.tables), each.key)
      error_message = "View ${each.key} has the name of a table. Rename one of them."
    }
  }
}
