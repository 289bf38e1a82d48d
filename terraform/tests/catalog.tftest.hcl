mock_provider "aws" {}

variables {
  database    = "lake"
  description = "For the test."
  tables = {
    raw = {
      description = "JSON lines."
      format      = "json"
      location    = "s3://lake-landing/raw/"
      columns     = [{ name = "id", type = "bigint", comment = "Key." }]
    }
    clean = {
      description = "Parquet."
      format      = "parquet"
      location    = "s3://lake-trusted/clean/"
      columns     = [{ name = "id", type = "bigint", comment = "Key." }]
    }
  }
  views = {
    shown = {
      description = "A view."
      sql         = "-- why\nSELECT id, name, n FROM clean"
      columns = [
        { name = "id", type = "bigint", comment = "Key." },
        { name = "name", type = "string", comment = "Name." },
        { name = "n", type = "int", comment = "Number." },
      ]
    }
  }
}

run "formats" {
  command = plan
  module {
    source = "./modules/catalog"
  }

  assert {
    condition     = aws_glue_catalog_table.table["raw"].storage_descriptor[0].ser_de_info[0].serialization_library == "org.openx.data.jsonserde.JsonSerDe" && aws_glue_catalog_table.table["raw"].storage_descriptor[0].ser_de_info[0].parameters["ignore.malformed.json"] == "true"
    error_message = "JSON lines are read by OpenX's SerDe, which must not stop at a malformed line."
  }
  assert {
    condition     = aws_glue_catalog_table.table["clean"].storage_descriptor[0].ser_de_info[0].serialization_library == "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe" && aws_glue_catalog_table.table["clean"].parameters["parquet.compression"] == "SNAPPY"
    error_message = "Parquet tables are read by the Parquet SerDe and written with Snappy."
  }
  assert {
    condition     = alltrue([for table in aws_glue_catalog_table.table : table.table_type == "EXTERNAL_TABLE" && table.parameters["EXTERNAL"] == "TRUE"]) && { for name, table in aws_glue_catalog_table.table : name => table.parameters["classification"] } == { raw = "json", clean = "parquet" }
    error_message = "Tables are external, and Glue's jobs tell the format from classification."
  }
  assert {
    condition     = output.locations == { raw = "s3://lake-landing/raw/", clean = "s3://lake-trusted/clean/" }
    error_message = "locations must be those of the tables."
  }
}

run "view_as_athena_stores_it" {
  command = plan
  module {
    source = "./modules/catalog"
  }

  assert {
    condition     = aws_glue_catalog_table.view["shown"].table_type == "VIRTUAL_VIEW" && aws_glue_catalog_table.view["shown"].parameters == tomap({ presto_view = "true", comment = "Presto View" }) && aws_glue_catalog_table.view["shown"].view_expanded_text == "/* Presto View */"
    error_message = "Athena knows its views by these marks."
  }
  assert {
    condition = jsondecode(base64decode(regex("^/\\* Presto View: ([A-Za-z0-9+/=]+) \\*/$", aws_glue_catalog_table.view["shown"].view_original_text)[0])) == {
      originalSql = "-- why\nSELECT id, name, n FROM clean"
      catalog     = "awsdatacatalog"
      schema      = "lake"
      columns = [
        { name = "id", type = "bigint" },
        { name = "name", type = "varchar" },
        { name = "n", type = "integer" },
      ]
    }
    error_message = "The view's text must be Athena's JSON, with the query and Athena's own names of types."
  }
  assert {
    condition     = aws_glue_catalog_table.view["shown"].storage_descriptor[0].columns[*].type == tolist(["bigint", "string", "int"])
    error_message = "In the Data Catalog the view's columns have Hive types."
  }
  assert {
    condition     = aws_glue_catalog_table.view["shown"].storage_descriptor[0].ser_de_info[0].serialization_library != ""
    error_message = "Without a SerDe, which the provider sends only if something is in it, Athena reads no view."
  }
}

run "refuses_an_unknown_format" {
  command = plan
  module {
    source = "./modules/catalog"
  }
  variables {
    tables = { raw = { description = "", format = "csv", location = "s3://lake-landing/raw/", columns = [{ name = "id", type = "bigint", comment = "" }] } }
  }
  expect_failures = [var.tables]
}

run "refuses_a_location_that_two_tables_could_share" {
  command = plan
  module {
    source = "./modules/catalog"
  }
  variables {
    tables = { raw = { description = "", format = "json", location = "s3://lake-landing/", columns = [{ name = "id", type = "bigint", comment = "" }] } }
  }
  expect_failures = [var.tables]
}

run "refuses_capitals_in_columns" {
  command = plan
  module {
    source = "./modules/catalog"
  }
  variables {
    tables = { raw = { description = "", format = "json", location = "s3://lake-landing/raw/", columns = [{ name = "serialNumber", type = "string", comment = "" }] } }
  }
  expect_failures = [var.tables]
}

run "refuses_capitals_in_a_table_name" {
  command = plan
  module {
    source = "./modules/catalog"
  }
  variables {
    tables = { Raw = { description = "", format = "json", location = "s3://lake-landing/Raw/", columns = [{ name = "id", type = "bigint", comment = "" }] } }
  }
  expect_failures = [var.tables]
}

run "refuses_two_columns_of_one_name" {
  command = plan
  module {
    source = "./modules/catalog"
  }
  variables {
    tables = { raw = { description = "", format = "json", location = "s3://lake-landing/raw/", columns = [{ name = "id", type = "string", comment = "" }, { name = "id", type = "int", comment = "" }] } }
  }
  expect_failures = [var.tables]
}

run "refuses_a_view_that_is_a_statement" {
  command = plan
  module {
    source = "./modules/catalog"
  }
  variables {
    views = { shown = { description = "", sql = "CREATE VIEW shown AS SELECT 1", columns = [{ name = "id", type = "bigint", comment = "" }] } }
  }
  expect_failures = [var.views]
}

run "refuses_a_view_of_a_type_it_cannot_name" {
  command = plan
  module {
    source = "./modules/catalog"
  }
  variables {
    views = { shown = { description = "", sql = "SELECT 1", columns = [{ name = "id", type = "array<int>", comment = "" }] } }
  }
  expect_failures = [var.views]
}

run "refuses_a_view_with_a_tables_name" {
  command = plan
  module {
    source = "./modules/catalog"
  }
  variables {
    views = { raw = { description = "", sql = "SELECT 1", columns = [{ name = "id", type = "bigint", comment = "" }] } }
  }
  expect_failures = [aws_glue_catalog_table.view]
}

run "refuses_a_database_name_with_a_hyphen" {
  command = plan
  module {
    source = "./modules/catalog"
  }
  variables {
    database = "my-lake"
  }
  expect_failures = [var.database]
}
