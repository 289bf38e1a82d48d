data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  account_id = data.aws_caller_identity.current.account_id
  partition  = data.aws_partition.current.partition
  region     = data.aws_region.current.id
}

module "identity" {
  source = "../identity"

  account_id  = local.account_id
  region      = local.region
  name_prefix = var.name_prefix
}

module "catalog" {
  source   = "../catalog"
  for_each = toset(local.databases)

  database    = each.key
  description = each.key == local.database ? var.database_description : "Tables of ${var.name_prefix}."
  tables      = { for table in local.tables : table.name => table if table.database == each.key }
  views       = each.key == local.database ? local.views : {}
}

module "glue_job" {
  source   = "../glue_job"
  for_each = local.jobs

  job_file    = "${local.jobs_dir}/${each.key}.json"
  script_file = "${local.scripts_dir}/${each.key}.py"
  access      = local.access[each.key]

  name_prefix              = var.name_prefix
  account_id               = local.account_id
  partition                = local.partition
  region                   = local.region
  assets_bucket            = var.assets_bucket
  extra_policy_arns        = lookup(var.extra_policy_arns, each.key, [])
  iam_path                 = var.iam_path
  kms_key_arn              = var.kms_key_arn
  lake_formation_enabled   = var.lake_formation_enabled
  log_retention_days       = var.log_retention_days
  permissions_boundary_arn = var.permissions_boundary_arn
  publish                  = merge(var.publish, { project_dir = var.project_dir })
  s3_account_ids           = var.s3_account_ids
  security_configuration   = one(aws_glue_security_configuration.this[*].name)
  spark_logs_enabled       = var.spark_logs_enabled
  tags                     = var.tags
}

# S3, logs and bookmarks under the customer's own key.
resource "aws_glue_security_configuration" "this" {
  # checkov:skip=CKV_AWS_99: all three are encrypted; checkov does not see a key that the same plan makes.
  count = var.kms_key_arn == null ? 0 : 1

  name = "${var.name_prefix}-${local.region}"

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

resource "aws_glue_data_catalog_encryption_settings" "this" {
  # checkov:skip=CKV_AWS_94: both are encrypted; checkov does not see a key that the same plan makes.
  count = var.catalog_encryption_enabled ? 1 : 0

  data_catalog_encryption_settings {
    connection_password_encryption {
      aws_kms_key_id                       = var.kms_key_arn
      return_connection_password_encrypted = true
    }
    encryption_at_rest {
      catalog_encryption_mode = "SSE-KMS"
      sse_aws_kms_key_id      = var.kms_key_arn
    }
  }
}

module "workflow" {
  source = "../workflow"

  name         = var.name_prefix
  description  = var.workflow_description
  predecessors = local.predecessors
  # Once their graphs are published; a trigger names jobs that must exist.
  job_names = { for name, job in module.glue_job : name => job.name }
  schedule  = var.schedule
  tags      = var.tags
}
