# What the graphs show: which job reads and writes what, and so what it may do and when it runs.

locals {
  # What each node type does, for every type that botocore 1.40 knows; a test compares it with `glue_studio access`.
  node_types = jsondecode(file("${path.module}/node_types.json"))
  kinds      = merge([for kind, types in local.node_types : { for type in types : type => kind }]...)

  # Every node of every job, with its type beside its settings.
  nodes = flatten([
    for name, job in local.jobs : [
      for id, node in job.CodeGenConfigurationNodes : [
        for type, settings in node : {
          job      = name
          type     = type
          settings = settings
          # A recipe whose steps stand in the node itself is read from nowhere.
          kind     = type == "Recipe" && !can(settings.RecipeReference.RecipeArn) ? "transform" : lookup(local.kinds, type, can(regex("(Source|Target)$", type)) ? "unknown" : "transform")
          shown    = "${name}: node ${id} (${type})"
          database = lower(try(settings.Database, ""))
          table    = lower(try(settings.Table, ""))
          paths    = [for path in concat(try(tolist(settings.Paths), []), try([tostring(settings.Path)], [])) : endswith(path, "/") ? path : "${path}/"]
        }
      ]
    ]
  ])
  by_kind = { for kind in concat(keys(local.node_types), ["unknown"]) : kind => [for node in local.nodes : node if node.kind == kind] }

  # The database of the tables that no folder puts into another.
  named_databases = sort(distinct(concat(local.by_kind.reads_table, local.by_kind.writes_table)[*].database))
  database        = coalesce(var.database, try(local.named_databases[0], null), replace(var.name_prefix, "-", "_"))
  several         = var.database != null # Without it, the jobs must all use one; refusals.tf sees to that.
  databases       = distinct(concat([local.database], values(local.tables)[*].database))

  reads  = { for name in keys(local.jobs) : name => distinct([for node in local.by_kind.reads_table : "${local.several ? node.database : local.database}.${node.table}" if node.job == name]) }
  writes = { for name in keys(local.jobs) : name => distinct([for node in local.by_kind.writes_table : "${local.several ? node.database : local.database}.${node.table}" if node.job == name]) }

  # A target that adds partitions or columns changes the catalog as well as the files.
  updates = {
    for name in keys(local.jobs) : name => distinct([
      for node in local.by_kind.writes_table : "${local.several ? node.database : local.database}.${node.table}"
      if node.job == name && (try(length(node.settings.PartitionKeys), 0) > 0 || try(node.settings.SchemaChangePolicy.EnableUpdateCatalog, false) == true)
    ])
  }

  reads_s3 = {
    for name in keys(local.jobs) : name => distinct(concat(
      [for table in local.reads[name] : local.table_locations[table] if contains(keys(local.table_locations), table)],
      flatten([for node in local.by_kind.reads_paths : node.paths if node.job == name]),
    ))
  }
  targets = {
    for name in keys(local.jobs) : name => distinct(concat(
      [for table in local.writes[name] : local.table_locations[table] if contains(keys(local.table_locations), table)],
      flatten([for node in local.by_kind.writes_path : node.paths if node.job == name]),
    ))
  }

  # Job B comes after job A when B reads what A writes, by whatever name: a table's files or a path.
  predecessors = {
    for name, read in local.reads_s3 : name => toset([
      for other, written in local.targets : other
      if other != name && anytrue(flatten([for from in read : [for to in written : startswith(from, to) || startswith(to, from)]]))
    ])
  }

  connections = {
    for name, job in local.jobs : name => distinct(compact(concat(
      var.connections_of_every_job,
      try([for connection in job.Connections.Connections : tostring(connection)], []),
      [for node in local.by_kind.connection : try(tostring(node.settings.ConnectionName), "") if node.job == name],
    )))
  }

  arguments = { for name, job in local.jobs : name => merge(try(tomap(job.DefaultArguments), {}), try(tomap(job.NonOverridableArguments), {})) }

  # What the graph shows is what the role may do.
  access = {
    for name, job in local.jobs : name => {
      reads_tables   = local.reads[name]
      writes_tables  = local.writes[name]
      updates_tables = local.updates[name]
      reads_s3       = local.reads_s3[name]
      writes_s3 = distinct(concat(
        local.targets[name],
        # Data quality results that a node puts into S3.
        compact([for node in local.nodes : try(tostring(node.settings.PublishingOptions.ResultsS3Prefix), "") if node.job == name]),
      ))
      # Libraries and files that the job's arguments name, such as a dynamic transform's.
      reads_files = distinct(flatten([
        for key in ["--extra-py-files", "--extra-jars", "--extra-files"] : compact([
          for uri in split(",", lookup(local.arguments[name], key, "")) : trimspace(uri)
        ])
      ]))
      evaluates_quality = anytrue([
        for node in local.nodes : startswith(node.type, "EvaluateDataQuality") || try(node.settings.AutoDataQuality.IsEnabled, false) == true
        if node.job == name
      ])
      uses_hive_catalog = lookup(local.arguments[name], "--enable-glue-datacatalog", "false") != "false"
      connections       = { for connection in local.connections[name] : connection => var.connections[connection] if contains(keys(var.connections), connection) }
    }
  }
}
