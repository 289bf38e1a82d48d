# Refuses a pipeline that could not work, at plan time and in words.

locals {
  undefined_tables = setsubtract(flatten([values(local.reads), values(local.writes)]), keys(local.table_locations))
  # Of the one database, a table goes by its name alone.
  undefined_names = [for table in local.undefined_tables : trimprefix(table, "${local.database}.")]

  # extra_policy_arns say what the graph of a job does not.
  underived     = [for node in flatten([local.by_kind.elsewhere, local.by_kind.stream, local.by_kind.unknown]) : node.shown if !contains(keys(var.extra_policy_arns), node.job)]
  table_formats = [for node in local.by_kind.table_format : node.shown if !contains(keys(var.extra_policy_arns), node.job)]
  unconnected   = [for name, connections in local.connections : name if length(setsubtract(connections, keys(var.connections))) > 0]
  # A target that names a path and updates the catalog would make a table that no one defined.
  cataloguing = [for node in local.by_kind.writes_path : node.shown if try(node.settings.SchemaChangePolicy.EnableUpdateCatalog, false) == true]
  placeless = concat(
    [for node in concat(local.by_kind.reads_table, local.by_kind.writes_table) : node.shown if node.database == "" || node.table == ""],
    [for node in concat(local.by_kind.reads_paths, local.by_kind.writes_path) : node.shown if length(node.paths) == 0],
  )

  bad_names   = [for name in keys(local.jobs) : name if !can(regex("^[A-Za-z0-9_][A-Za-z0-9_.-]*$", name)) || length("${var.name_prefix}-${name}-${local.region}") > 64]
  misnamed    = [for name, job in local.jobs : "${name}.json (Name ${job.Name})" if job.Name != name]
  streaming   = [for name, job in local.jobs : name if try(job.Command.Name, "glueetl") == "gluestreaming"]
  logs_itself = [for name, arguments in local.arguments : name if contains(keys(arguments), "--continuous-log-logGroup")]

  shared = distinct(flatten([
    for name, written in local.targets : [
      for other, also in local.targets : [
        for to in written : "${to} (${name}, ${other})"
        if anytrue([for place in also : startswith(place, to) || startswith(to, place)]) && !anytrue([for allowed in var.shared_targets : startswith(to, lookup(local.table_locations, allowed, allowed))])
      ]
      if other != name && sort([name, other])[0] == name
    ]
  ]))
}

resource "terraform_data" "pipeline" {
  lifecycle {
    precondition {
      condition     = length(local.job_files) > 0
      error_message = "There is no job: ${local.jobs_dir} holds no .json file."
    }
    precondition {
      condition     = length(local.unreadable_jobs) == 0
      error_message = "These files in glue_studio_json/ are not visual jobs in the shape of the CreateJob API: ${join(", ", local.unreadable_jobs)}. Bring another shape in with `python -m glue_studio import`, and find what is wrong with `python -m glue_studio check`."
    }
    precondition {
      condition     = length(local.misnamed) == 0
      error_message = "A job file must be called <Name of its job>.json. Rename: ${join(", ", local.misnamed)}."
    }
    precondition {
      condition     = length(local.bad_names) == 0
      error_message = "A job's Name must consist of letters, digits, `_`, `-` and `.`, and be short enough for a role name (<name_prefix>-<job>-<region>, 64 characters). Rename: ${join(", ", local.bad_names)}."
    }
    precondition {
      condition     = var.database != null || length(local.named_databases) <= 1
      error_message = "All jobs must use one database, but their nodes name several: ${join(", ", local.named_databases)}. To use several, set `database` to the one of the files directly in terraform/tables/ and put the others' into terraform/tables/<database>/."
    }
    precondition {
      condition     = length(local.placeless) == 0
      error_message = "Sources and targets must name a database and a table, or a path: ${join("; ", local.placeless)}."
    }
    precondition {
      condition     = length(local.unreadable_tables) == 0
      error_message = "These files in terraform/tables/ are not JSON objects with zone, format and columns, each with name and type: ${join(", ", local.unreadable_tables)}."
    }
    precondition {
      condition     = length(local.zoneless_tables) == 0
      error_message = "Tables are put into zones that there are no buckets for: ${join(", ", local.zoneless_tables)}. Zones: ${join(", ", keys(var.zones))}."
    }
    precondition {
      condition     = length(local.unreadable_views) == 0
      error_message = "These views need a JSON object with columns, each with name and type, in terraform/views/<view>.json, and their statement in athena_sql/views/<view>.sql: ${join(", ", local.unreadable_views)}."
    }
    precondition {
      condition     = length(local.undefined_tables) == 0
      error_message = "Jobs use tables that terraform/tables/ does not define: ${join(", ", local.undefined_names)}. Add terraform/tables/<table>.json for each, or name another owner's in existing_tables."
    }
    precondition {
      condition     = length(local.underived) == 0
      error_message = "No permissions can be derived for sources and targets that are not S3: ${join("; ", local.underived)}. Use a Data Catalog source or target on S3, or give the job the permissions in extra_policy_arns."
    }
    precondition {
      condition     = length(local.table_formats) == 0
      error_message = "Terraform defines no Iceberg, Hudi or Delta tables, and a role made from the graph could not commit to one: ${join("; ", local.table_formats)}. Use a Data Catalog target, or make the table elsewhere and give the job the permissions in extra_policy_arns."
    }
    precondition {
      condition     = length(local.unconnected) == 0
      error_message = "No permissions can be derived for connections, which these jobs use: ${join(", ", local.unconnected)}. Describe each in the input `connections`, or take Connections out of the job file."
    }
    precondition {
      condition     = length(local.cataloguing) == 0
      error_message = "A target that updates the Data Catalog must name the table, not a path: ${join("; ", local.cataloguing)}. Use a Data Catalog target and add terraform/tables/<table>.json."
    }
    precondition {
      condition     = length(local.streaming) == 0
      error_message = "A streaming job never succeeds, so nothing in a workflow can come after it: ${join(", ", local.streaming)}. Deploy streaming jobs apart from a pipeline."
    }
    precondition {
      condition     = length(local.logs_itself) == 0
      error_message = "The deployment gives each job its log groups, with retention, key and permission; these jobs name another with --continuous-log-logGroup: ${join(", ", local.logs_itself)}. Take the argument out of the job file."
    }
    precondition {
      condition     = length(local.shared) == 0
      error_message = "Two jobs write one place, and each would replace what the other wrote: ${join("; ", local.shared)}. Let one job own it, or name it in shared_targets if both only add to it."
    }
  }
}
