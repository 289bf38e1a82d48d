# What is deployed. How jobs, permissions and triggers follow from the job files: modules/pipeline.

locals {
  account_id  = data.aws_caller_identity.current.account_id
  partition   = data.aws_partition.current.partition
  region      = data.aws_region.current.id
  environment = coalesce(var.environment, terraform.workspace == "default" ? "dev" : terraform.workspace)

  tags = merge(var.tags, {
    Project     = "stedi-lakehouse"
    Environment = local.environment
    ManagedBy   = "terraform"
  })

  # One bucket a zone, one for the jobs' assets, one for Athena.
  buckets = {
    landing = {
      versioned           = true
      expiring_after_days = {}
    }
    trusted = {
      versioned           = true
      expiring_after_days = {}
    }
    curated = {
      versioned           = true
      expiring_after_days = {}
    }
    assets = {
      versioned           = true
      expiring_after_days = { "temp/" = 7, "spark-logs/" = 30 }
    }
    athena_results = {
      versioned           = false # Results can be had again, and the validation history is written once.
      expiring_after_days = { "query-results/" = var.query_result_days }
    }
  }
  bucket_names = {
    for key in keys(local.buckets) : key => "${var.name_prefix}-${replace(key, "_", "-")}-${local.account_id}-${local.region}"
  }
}

module "storage" {
  source = "./modules/storage"

  buckets = {
    for key, bucket in local.buckets : key => {
      name                = local.bucket_names[key]
      versioned           = bucket.versioned
      expiring_after_days = bucket.expiring_after_days
    }
  }
  force_destroy           = var.force_destroy
  kms_key_arn             = var.kms_key_arn
  lifecycle_rules_enabled = var.lifecycle_rules_enabled
  noncurrent_version_days = var.noncurrent_version_days
  partition               = local.partition
}

module "pipeline" {
  source = "./modules/pipeline"

  name_prefix          = var.name_prefix
  project_dir          = "${path.root}/.."
  zones                = { for zone in ["landing", "trusted", "curated"] : zone => module.storage.names[zone] }
  assets_bucket        = module.storage.names["assets"]
  database_description = "Step trainer and accelerometer data of STEDI's customers: landing, trusted and curated."
  workflow_description = "Makes the trusted and curated tables from the landing data."
  kms_key_arn          = var.kms_key_arn
  log_retention_days   = var.log_retention_days
  publish              = { python = var.python }
  spark_logs_enabled   = var.spark_logs_enabled
}

module "athena" {
  source = "./modules/athena"

  name                 = var.name_prefix
  description          = "Queries on the ${module.pipeline.database} database."
  bucket               = module.storage.names["athena_results"]
  bytes_scanned_cutoff = var.bytes_scanned_cutoff
  expected_owner       = local.account_id
  force_destroy        = var.force_destroy
  kms_key_arn          = var.kms_key_arn
}

module "monitoring" {
  source = "./modules/monitoring"

  name_prefix         = var.name_prefix
  account_id          = local.account_id
  job_names           = keys(module.pipeline.jobs)
  kms_key_arn         = var.kms_key_arn
  notification_emails = var.notification_emails
  partition           = local.partition
  region              = local.region
}
