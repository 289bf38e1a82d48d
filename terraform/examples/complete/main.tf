# The orders pipeline as a company would run it: a key, a VPC, e-mails, a schedule, a role for the report.

terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

provider "aws" {
  default_tags {
    tags = { Project = "orders", Team = "shop" }
  }
}

data "aws_caller_identity" "current" {}

data "aws_region" "current" {}

module "kms" {
  source = "../../modules/kms"

  name_prefix = "orders"
}

module "storage" {
  source = "../../modules/storage"

  name_prefix = "orders"
  buckets = {
    raw     = {}
    clean   = {}
    assets  = { expiring_after_days = { "temp/" = 7, "spark-logs/" = 30 } }
    results = { versioned = false, expiring_after_days = { "query-results/" = 30 } }
  }
  access_logs = { bucket = var.access_logs_bucket }
  kms_key_arn = module.kms.arn
}

# The jobs run in a subnet without a way out; S3, Glue and the others are reached by the VPC's endpoints.
resource "aws_security_group" "jobs" {
  # checkov:skip=CKV2_AWS_5: the Glue connection uses it, which checkov does not know.
  name        = "orders-jobs"
  description = "Glue jobs of orders: among themselves, and out."
  vpc_id      = var.vpc_id

  # Spark's workers speak to each other; Glue refuses a group that does not let them.
  ingress {
    description = "Workers of a job."
    from_port   = 0
    to_port     = 65535
    protocol    = "tcp"
    self        = true
  }

  egress {
    description = "Workers of a job."
    from_port   = 0
    to_port     = 65535
    protocol    = "tcp"
    self        = true
  }

  egress {
    description = "Endpoints of the VPC."
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = [var.vpc_cidr]
  }

  egress {
    description     = "Gateway of S3."
    from_port       = 443
    to_port         = 443
    protocol        = "tcp"
    prefix_list_ids = [var.s3_prefix_list_id]
  }
}

resource "aws_glue_connection" "network" {
  name            = "orders-network"
  connection_type = "NETWORK"

  physical_connection_requirements {
    availability_zone      = var.availability_zone
    subnet_id              = var.subnet_id
    security_group_id_list = [aws_security_group.jobs.id]
  }
}

module "pipeline" {
  source = "../../modules/pipeline"

  name_prefix              = "orders"
  project_dir              = "${path.root}/../orders"
  zones                    = { for zone in ["raw", "clean"] : zone => module.storage.names[zone] }
  assets_bucket            = module.storage.names["assets"]
  connections              = { (aws_glue_connection.network.name) = {} }
  connections_of_every_job = [aws_glue_connection.network.name]
  iam_path                 = "/data/"
  kms_key_arn              = module.kms.arn
  lake_formation_enabled   = true
  permissions_boundary_arn = var.permissions_boundary_arn
  publish                  = { enabled = false } # A step of the deployment's pipeline runs the output publish_command.
  schedule                 = "cron(0 5 * * ? *)"
}

module "athena" {
  source = "../../modules/athena"

  name           = "orders"
  bucket         = module.storage.names["results"]
  expected_owner = data.aws_caller_identity.current.account_id
  kms_key_arn    = module.kms.arn
  queries = {
    revenue_of_the_last_week = {
      database = module.pipeline.database
      sql      = "SELECT * FROM revenue_daily ORDER BY day DESC LIMIT 7"
    }
  }
}

module "monitoring" {
  source = "../../modules/monitoring"

  name_prefix         = module.storage.name_prefix
  job_names           = keys(module.pipeline.jobs)
  budget              = { monthly_usd = 50, tag_value = "orders" }
  dashboard_enabled   = true
  hours_without_run   = 24
  kms_key_arn         = module.kms.arn
  notification_emails = var.notification_emails
  workgroup           = module.athena.workgroup
}

module "validation_role" {
  source = "../../modules/validation_role"

  name_prefix              = "orders"
  zones                    = [for zone in ["raw", "clean"] : module.storage.names[zone]]
  assets_bucket            = module.storage.names["assets"]
  results_bucket           = module.storage.names["results"]
  databases                = keys(module.pipeline.databases)
  job_names                = keys(module.pipeline.jobs)
  workgroup                = module.athena.workgroup
  iam_path                 = "/data/"
  kms_key_arn              = module.kms.arn
  permissions_boundary_arn = var.permissions_boundary_arn
  principal_arns           = var.analyst_arns
  topic_arn                = module.monitoring.topic_arn
}
