# What is deployed. How jobs, permissions and triggers follow from the job files: modules/pipeline.

locals {
  account_id  = data.aws_caller_identity.current.account_id
  environment = coalesce(var.environment, terraform.workspace == "default" ? "dev" : terraform.workspace)
  kms_key_arn = var.kms_key_enabled ? module.kms[0].arn : var.kms_key_arn

  tags = merge(var.tags, {
    Project     = var.project
    Environment = local.environment
    ManagedBy   = "terraform"
  })

  zones = ["landing", "trusted", "curated"]
}

module "kms" {
  source = "./modules/kms"
  count  = var.kms_key_enabled ? 1 : 0

  name_prefix = var.name_prefix
}

# One bucket a zone, one for the jobs' assets, one for Athena.
module "storage" {
  source = "./modules/storage"

  name_prefix = var.name_prefix
  buckets = merge(
    { for zone in local.zones : zone => {} },
    {
      assets = { expiring_after_days = { "temp/" = 7, "spark-logs/" = 30 } }
      # Results can be had again, and the validation history is written once.
      athena_results = { versioned = false, expiring_after_days = { "query-results/" = var.query_result_days } }
    },
  )
  existing_buckets        = var.existing_buckets
  access_logs             = var.access_logs
  force_destroy           = var.force_destroy
  kms_key_arn             = local.kms_key_arn
  lifecycle_rules_enabled = var.lifecycle_rules_enabled
  noncurrent_version_days = var.noncurrent_version_days
}

module "pipeline" {
  source = "./modules/pipeline"

  name_prefix                = var.name_prefix
  project_dir                = "${path.root}/.."
  zones                      = { for zone in local.zones : zone => module.storage.names[zone] }
  assets_bucket              = module.storage.names["assets"]
  database                   = var.database
  database_description       = "Step trainer and accelerometer data of STEDI's customers: landing, trusted and curated."
  workflow_description       = "Makes the trusted and curated tables from the landing data."
  catalog_encryption_enabled = var.catalog_encryption_enabled
  connections                = var.connections
  connections_of_every_job   = var.connections_of_every_job
  existing_tables            = var.existing_tables
  extra_policy_arns          = var.extra_policy_arns
  iam_path                   = var.iam_path
  kms_key_arn                = local.kms_key_arn
  lake_formation_enabled     = var.lake_formation_enabled
  log_retention_days         = var.log_retention_days
  permissions_boundary_arn   = var.permissions_boundary_arn
  publish                    = merge(var.publish, { python = var.python })
  s3_account_ids             = var.s3_account_ids
  schedule                   = var.schedule
  shared_targets             = var.shared_targets
  spark_logs_enabled         = var.spark_logs_enabled
}

module "athena" {
  source = "./modules/athena"

  name                 = var.name_prefix
  description          = "Queries on the ${module.pipeline.database} database."
  bucket               = module.storage.names["athena_results"]
  bytes_scanned_cutoff = var.bytes_scanned_cutoff
  expected_owner       = local.account_id
  force_destroy        = var.force_destroy
  kms_key_arn          = local.kms_key_arn
  queries = {
    for file in fileset("${path.root}/../athena_sql/questions", "*.sql") : trimsuffix(file, ".sql") => {
      database = module.pipeline.database
      sql      = file("${path.root}/../athena_sql/questions/${file}")
    }
  }
}

module "monitoring" {
  source = "./modules/monitoring"

  # A second deployment of this prefix stops at the buckets, before it takes over the first one's topic.
  name_prefix              = module.storage.name_prefix
  job_names                = keys(module.pipeline.jobs)
  budget                   = var.monthly_budget_usd == null ? null : { monthly_usd = var.monthly_budget_usd, tag_value = var.project }
  dashboard_enabled        = var.dashboard_enabled
  hours_without_run        = var.hours_without_run
  kms_key_arn              = local.kms_key_arn
  notification_emails      = var.notification_emails
  topic_arn                = var.existing_topic_arn
  topic_encryption_enabled = var.topic_encryption_enabled
  workgroup                = module.athena.workgroup
}

module "validation_role" {
  source = "./modules/validation_role"
  count  = length(var.validation_principal_arns) > 0 || var.validation_oidc != null ? 1 : 0

  name_prefix              = var.name_prefix
  zones                    = [for zone in local.zones : module.storage.names[zone]]
  assets_bucket            = module.storage.names["assets"]
  results_bucket           = module.storage.names["athena_results"]
  databases                = keys(module.pipeline.databases)
  job_names                = keys(module.pipeline.jobs)
  workgroup                = module.athena.workgroup
  iam_path                 = var.iam_path
  kms_key_arn              = local.kms_key_arn
  oidc                     = var.validation_oidc
  permissions_boundary_arn = var.permissions_boundary_arn
  principal_arns           = var.validation_principal_arns
  topic_arn                = module.monitoring.topic_arn
}
