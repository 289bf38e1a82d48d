# The files of the project, as far as they can be read; what cannot be read is refused in words (refusals.tf).

locals {
  jobs_dir    = "${var.project_dir}/glue_studio_json"
  scripts_dir = "${var.project_dir}/glue_scripts"
  tables_dir  = "${var.project_dir}/terraform/tables"
  views_dir   = "${var.project_dir}/terraform/views"
  queries_dir = "${var.project_dir}/athena_sql/views"

  job_files       = { for file in fileset(local.jobs_dir, "*.json") : file => try(jsondecode(file("${local.jobs_dir}/${file}")), null) }
  unreadable_jobs = [for file, job in local.job_files : file if !(can(regex(".", job.Name)) && can(keys(job.CodeGenConfigurationNodes)))]
  jobs            = { for file, job in local.job_files : trimsuffix(file, ".json") => job if !contains(local.unreadable_jobs, file) }

  # A file directly in tables/ is a table of the one database, a file in a folder there a table of the folder's.
  table_files = { for file in fileset(local.tables_dir, "**/*.json") : file => try(jsondecode(file("${local.tables_dir}/${file}")), null) }
  unreadable_tables = [
    for file, table in local.table_files : file
    if !(can(regex(".", table.zone)) && can(regex(".", table.format)) && can([for column in table.columns : "${column.name} ${column.type}"]))
  ]
  tables = {
    for file, table in local.table_files : join(".", [try(regex("^(.*)/", file)[0], local.database), trimsuffix(basename(file), ".json")]) => {
      database    = try(regex("^(.*)/", file)[0], local.database)
      name        = trimsuffix(basename(file), ".json")
      zone        = table.zone
      format      = table.format
      description = try(tostring(table.description), null)
      columns     = [for column in table.columns : { name = column.name, type = column.type, comment = try(column.comment, null) }]
      location    = "s3://${lookup(var.zones, table.zone, "unknown-zone")}/${trimsuffix(file, ".json")}/"
    }
    if !contains(local.unreadable_tables, file)
  }
  zoneless_tables = [for table in local.tables : "${table.name} (${table.zone})" if !contains(keys(var.zones), table.zone)]
  table_locations = merge({ for name, table in local.tables : name => table.location }, var.existing_tables)

  view_files = { for file in fileset(local.views_dir, "*.json") : trimsuffix(file, ".json") => try(jsondecode(file("${local.views_dir}/${file}")), null) }
  unreadable_views = [
    for name, view in local.view_files : name
    if !(can([for column in view.columns : "${column.name} ${column.type}"]) && fileexists("${local.queries_dir}/${name}.sql"))
  ]
  views = {
    for name, view in local.view_files : name => {
      description = try(tostring(view.description), null)
      columns     = [for column in view.columns : { name = column.name, type = column.type, comment = try(column.comment, null) }]
      # The file is the statement that anyone can run in Athena; the catalog keeps the query of it.
      sql = trimsuffix(trimspace(replace(file("${local.queries_dir}/${name}.sql"), "/(?is)^.*?\\bCREATE\\s+OR\\s+REPLACE\\s+VIEW\\s+\\S+\\s+AS\\s+/", "")), ";")
    }
    if !contains(local.unreadable_views, name)
  }
}
