# What is deployed. How jobs, permissions and triggers follow from the job files: jobs.tf.

locals {
  project_root = abspath("${path.root}/..")

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

  log_group_prefix = "/aws-glue/${var.name_prefix}"
}

module "identity" {
  source = "./modules/identity"

  account_id  = local.account_id
  region      = local.region
  name_prefix = var.name_prefix
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

module "catalog" {
  source = "./modules/catalog"

  database    = local.database
  description = "Step trainer and accelerometer data of STEDI's customers: landing, trusted and curated."
  tables = {
    for name, table in local.tables : name => {
      description = table.description
      format      = table.format
      location    = local.table_locations[name]
      columns     = table.columns
    }
  }
  views = local.views
}

module "glue_job" {
  source   = "./modules/glue_job"
  for_each = local.jobs

  job         = local.job_settings[each.key]
  job_sha256  = sha256(jsonencode(each.value))
  script_file = "${local.scripts_dir}/${each.key}.py"
  access      = local.job_access[each.key]

  account_id             = local.account_id
  assets_bucket          = module.storage.names["assets"]
  kms_key_arn            = var.kms_key_arn
  log_group_names        = local.log_group_names[each.key]
  log_group_prefix       = local.log_group_prefix
  partition              = local.partition
  project_root           = local.project_root
  python                 = local.python
  region                 = local.region
  role_name              = local.role_names[each.key]
  security_configuration = one(aws_glue_security_configuration.this[*].name)
  spark_logs_enabled     = var.spark_logs_enabled
}

# S3, logs and bookmarks under the customer's own key.
resource "aws_glue_security_configuration" "this" {
  count = var.kms_key_arn == null ? 0 : 1

  name = local.security_configuration_name

  encryption_configuration {
    cloudwatch_encryption {
      cloudwatch_encryption_mode = "SSE-KMS"
      kms_key_arn                = var.kms_key_arn
    }
    job_bookmarks_encryption {
      job_bookmarks_encryption_mode = "CSE-KMS"
      kms_key_arn                   = var.kms_key_arn
    }
    s3_encryption {
      s3_encryption_mode = "SSE-KMS"
      kms_key_arn        = var.kms_key_arn
    }
  }
}

module "workflow" {
  source = "./modules/workflow"

  name         = var.name_prefix
  description  = "Makes the trusted and curated tables from the landing data."
  predecessors = local.predecessors

  # A trigger names jobs that must exist.
  depends_on = [module.glue_job]
}

module "athena" {
  source = "./modules/athena"

  name                 = var.name_prefix
  description          = "Queries on the ${local.database} database."
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
  job_names           = keys(local.jobs)
  kms_key_arn         = var.kms_key_arn
  log_group_names     = toset(flatten(values(local.log_group_names)))
  log_retention_days  = var.log_retention_days
  notification_emails = var.notification_emails
  partition           = local.partition
  region              = local.region
}
