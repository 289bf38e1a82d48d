# The pipeline as the job files tell it: which job reads and writes which table, and so what it may do and when it runs.

locals {
  jobs_dir    = "${local.project_root}/glue_studio_json"
  scripts_dir = "${local.project_root}/glue_scripts"
  views_dir   = "${local.project_root}/athena_sql/views"
  python      = coalesce(var.python, fileexists("${local.project_root}/.venv/bin/python") ? "${local.project_root}/.venv/bin/python" : "python3")

  # try: what is no JSON, or no job in the CreateJob shape, is refused in words below.
  files      = { for file in fileset(local.jobs_dir, "*.json") : file => try(jsondecode(file("${local.jobs_dir}/${file}")), null) }
  job_files  = { for file, job in local.files : file => job if can(job.Name) && can(job.CodeGenConfigurationNodes) }
  unreadable = [for file in keys(local.files) : file if !contains(keys(local.job_files), file)]
  jobs       = { for file, job in local.job_files : job.Name => job }

  tables          = { for file in fileset("${path.root}/tables", "*.json") : trimsuffix(file, ".json") => jsondecode(file("${path.root}/tables/${file}")) }
  table_locations = { for name, table in local.tables : name => "s3://${local.bucket_names[table.zone]}/${name}/" }

  views = {
    for file in fileset("${path.root}/views", "*.json") : trimsuffix(file, ".json") => merge(
      jsondecode(file("${path.root}/views/${file}")),
      # The file is the statement that anyone can run in Athena; the catalog keeps the query of it.
      { sql = trimsuffix(trimspace(replace(file("${local.views_dir}/${trimsuffix(file, ".json")}.sql"), "/(?is)^.*?\\bCREATE\\s+OR\\s+REPLACE\\s+VIEW\\s+\\S+\\s+AS\\s+/", "")), ";") },
    )
  }

  # Every node of every job, with its type beside its settings.
  nodes = flatten([
    for job in local.jobs : [
      for id, node in job.CodeGenConfigurationNodes : [
        for type, settings in node : { job = job.Name, id = id, type = type, settings = settings }
      ]
    ]
  ])

  # Node types that stand for a Data Catalog table on S3 (RelationalCatalogSource, CatalogKafkaSource and the like do not),
  # and those that name S3 paths themselves.
  catalog_source = "^(S3|Governed)?Catalog(Hudi|Delta|Iceberg)?Source$"
  catalog_target = "^(S3|Governed)?CatalogTarget$|^S3(Hudi|Delta|Iceberg)CatalogTarget$"
  path_source    = "^S3(Csv|Json|Parquet|Excel|Hudi|Delta)Source$"
  path_target    = "^S3(Direct|GlueParquet|HudiDirect|DeltaDirect|IcebergDirect|HyperDirect)Target$"

  catalog_reads  = [for node in local.nodes : node if can(regex(local.catalog_source, node.type))]
  catalog_writes = [for node in local.nodes : node if can(regex(local.catalog_target, node.type))]
  path_reads     = [for node in local.nodes : node if can(regex(local.path_source, node.type))]
  path_writes    = [for node in local.nodes : node if can(regex(local.path_target, node.type))]

  # Sources and targets that none of the four rules covers.
  unknown_access = [
    for node in local.nodes : "${node.job}: node ${node.id} (${node.type})"
    if can(regex("(Source|Target)$", node.type)) && !can(regex(join("|", [local.catalog_source, local.catalog_target, local.path_source, local.path_target]), node.type))
  ]
  connected = [for name, job in local.jobs : name if length(lookup(lookup(job, "Connections", {}), "Connections", [])) > 0]
  # A target that names a path and updates the catalog would make a table that no one defined.
  undefined_targets = [
    for node in local.path_writes : "${node.job}: node ${node.id} (${node.type})"
    if lookup(lookup(node.settings, "SchemaChangePolicy", {}), "EnableUpdateCatalog", false) == true
  ]

  # Data quality results that a node puts into S3.
  quality_writes = [for node in local.nodes : node if lookup(coalesce(lookup(node.settings, "PublishingOptions", null), {}), "ResultsS3Prefix", null) != null]

  reads  = { for name in keys(local.jobs) : name => distinct([for node in local.catalog_reads : node.settings.Table if node.job == name]) }
  writes = { for name in keys(local.jobs) : name => distinct([for node in local.catalog_writes : node.settings.Table if node.job == name]) }

  databases         = distinct([for node in concat(local.catalog_reads, local.catalog_writes) : node.settings.Database])
  database          = try(local.databases[0], "stedi")
  undefined_tables  = setsubtract(flatten([values(local.reads), values(local.writes)]), keys(local.tables))
  evaluates_quality = distinct([for node in local.nodes : node.job if can(regex("^EvaluateDataQuality", node.type)) || lookup(lookup(node.settings, "AutoDataQuality", {}), "IsEnabled", false) == true])

  # A target that adds partitions or columns changes the catalog as well as the files.
  updates_catalog = {
    for name in keys(local.jobs) : name => distinct([
      for node in local.catalog_writes : node.settings.Table
      if node.job == name && (length(coalesce(lookup(node.settings, "PartitionKeys", null), [])) > 0 || lookup(lookup(node.settings, "SchemaChangePolicy", {}), "EnableUpdateCatalog", false) == true)
    ])
  }

  # Job B comes after job A when B reads what A writes.
  predecessors = {
    for name in keys(local.jobs) : name => toset([
      for other in keys(local.jobs) : other
      if other != name && length(setintersection(local.reads[name], local.writes[other])) > 0
    ])
  }

  # What the graph shows is what the role may do.
  job_access = {
    for name in keys(local.jobs) : name => {
      database       = local.database
      reads_tables   = local.reads[name]
      writes_tables  = local.writes[name]
      updates_tables = local.updates_catalog[name]
      reads_s3 = distinct(concat(
        [for table in local.reads[name] : lookup(local.table_locations, table, "")],
        flatten([for node in local.path_reads : node.settings.Paths if node.job == name]),
      ))
      writes_s3 = distinct(concat(
        [for table in local.writes[name] : lookup(local.table_locations, table, "")],
        [for node in local.path_writes : node.settings.Path if node.job == name],
        [for node in local.quality_writes : node.settings.PublishingOptions.ResultsS3Prefix if node.job == name],
      ))
      # Libraries and files that the job's arguments name, such as a dynamic transform's.
      reads_files = distinct(flatten([
        for key in ["--extra-py-files", "--extra-jars", "--extra-files"] : compact([
          for uri in split(",", lookup(lookup(local.jobs[name], "DefaultArguments", {}), key, "")) : trimspace(uri)
        ])
      ]))
      evaluates_quality = contains(local.evaluates_quality, name)
      uses_hive_catalog = lookup(lookup(local.jobs[name], "DefaultArguments", {}), "--enable-glue-datacatalog", "false") != "false"
    }
  }

  # The members of CreateJob that Terraform sets. Role, script location and encryption are the deployment's own.
  job_settings = {
    for name, job in local.jobs : name => {
      name                    = name
      description             = lookup(job, "Description", null)
      glue_version            = lookup(job, "GlueVersion", null)
      worker_type             = lookup(job, "WorkerType", null)
      number_of_workers       = lookup(job, "NumberOfWorkers", null)
      timeout                 = lookup(job, "Timeout", null)
      max_retries             = lookup(job, "MaxRetries", null)
      execution_class         = lookup(job, "ExecutionClass", null)
      max_concurrent_runs     = lookup(lookup(job, "ExecutionProperty", {}), "MaxConcurrentRuns", 1)
      notify_delay_after      = lookup(lookup(job, "NotificationProperty", {}), "NotifyDelayAfter", null)
      job_run_queuing_enabled = lookup(job, "JobRunQueuingEnabled", null)
      maintenance_window      = lookup(job, "MaintenanceWindow", null)
      default_arguments       = lookup(job, "DefaultArguments", {})
      fixed_arguments         = lookup(job, "NonOverridableArguments", {})
      command_name            = lookup(lookup(job, "Command", {}), "Name", "glueetl")
      python_version          = lookup(lookup(job, "Command", {}), "PythonVersion", "3")
    }
  }

  role_names                  = { for name in keys(local.jobs) : name => "${var.name_prefix}-${name}-${local.region}" }
  security_configuration_name = "${var.name_prefix}-${local.region}"

  # Under a security configuration that encrypts logs, Glue adds its name and the role's to the log group.
  log_group_names = {
    for name in keys(local.jobs) : name => [
      for stream in ["error", "output"] : var.kms_key_arn == null ? "${local.log_group_prefix}/${stream}" : "${local.log_group_prefix}/${local.security_configuration_name}-role/${local.role_names[name]}/${stream}"
    ]
  }
}

# Refuses a pipeline that could not work, at plan time and in words.
resource "terraform_data" "pipeline" {
  lifecycle {
    precondition {
      condition     = length(local.jobs) > 0
      error_message = "There is no job: glue_studio_json/ holds no .json file."
    }
    precondition {
      condition     = length(local.unreadable) == 0
      error_message = "These files in glue_studio_json/ are no visual jobs in the shape of the CreateJob API: ${join(", ", local.unreadable)}. Bring another shape in with `python -m glue_studio import`, and find what is wrong with `python -m glue_studio check`."
    }
    precondition {
      condition     = alltrue([for file, job in local.job_files : file == "${job.Name}.json"])
      error_message = "A job file must be called <Name of its job>.json. Rename: ${join(", ", [for file, job in local.job_files : "${file} (Name ${job.Name})" if file != "${job.Name}.json"])}."
    }
    precondition {
      condition     = alltrue([for name in keys(local.jobs) : can(regex("^[A-Za-z0-9_][A-Za-z0-9_.-]*$", name)) && length(local.role_names[name]) <= 64])
      error_message = "A job's Name must consist of letters, digits, `_`, `-` and `.`, and be short enough for a role name (<name_prefix>-<job>-<region>, 64 characters). Rename: ${join(", ", [for name in keys(local.jobs) : name if !can(regex("^[A-Za-z0-9_][A-Za-z0-9_.-]*$", name)) || length(local.role_names[name]) > 64])}."
    }
    precondition {
      condition     = length(local.databases) <= 1
      error_message = "All jobs must use one database, but their nodes name several: ${join(", ", local.databases)}."
    }
    precondition {
      condition     = length(local.undefined_tables) == 0
      error_message = "Jobs use tables that terraform/tables/ does not define: ${join(", ", local.undefined_tables)}. Add terraform/tables/<table>.json for each."
    }
    precondition {
      condition     = length(local.unknown_access) == 0
      error_message = "No permissions can be derived for sources and targets that are not S3: ${join("; ", local.unknown_access)}. Use a Data Catalog source or target."
    }
    precondition {
      condition     = length(local.connected) == 0
      error_message = "No permissions can be derived for connections, which these jobs use: ${join(", ", local.connected)}. Take Connections out of the job file."
    }
    precondition {
      condition     = length(local.undefined_targets) == 0
      error_message = "A target that updates the Data Catalog must name the table, not a path: ${join("; ", local.undefined_targets)}. Use a Data Catalog target and add terraform/tables/<table>.json."
    }
  }
}
