data "aws_caller_identity" "current" {
  count = var.account_id == null ? 1 : 0
}

data "aws_partition" "current" {
  count = var.partition == null ? 1 : 0
}

data "aws_region" "current" {
  count = var.region == null ? 1 : 0
}

locals {
  account_id = coalesce(var.account_id, one(data.aws_caller_identity.current[*].account_id))
  partition  = coalesce(var.partition, one(data.aws_partition.current[*].partition))
  region     = coalesce(var.region, one(data.aws_region.current[*].id))

  job        = jsondecode(file(var.job_file))
  name       = local.job.Name
  script_key = "scripts/${local.name}.py"
  role_name  = "${var.name_prefix}-${local.name}-${local.region}"

  log_group_prefix = "/aws-glue/${var.name_prefix}/${local.name}"
  # Under a security configuration that encrypts logs, Glue adds its name and the role's, with its path, to the log group.
  log_group_names = {
    for stream in ["error", "output"] : stream => var.security_configuration == null ? "${local.log_group_prefix}/${stream}" : "${local.log_group_prefix}/${var.security_configuration}-role${var.iam_path}${local.role_name}/${stream}"
  }

  # What only the deployment knows. The job file decides on everything else.
  arguments = merge(
    {
      "--TempDir"                = "s3://${var.assets_bucket}/temp/${local.name}/"
      "--custom-logGroup-prefix" = local.log_group_prefix
    },
    var.spark_logs_enabled ? {
      "--enable-spark-ui"       = "true"
      "--spark-event-logs-path" = "s3://${var.assets_bucket}/spark-logs/${local.name}/"
    } : {},
  )
}

# Made here and not by Glue, which would keep logs for ever.
resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_158: kms_key_arn says so; by default CloudWatch's own key encrypts.
  # checkov:skip=CKV_AWS_338: log_retention_days says so; the logs of a job are of use until it has run well again.
  for_each = local.log_group_names

  name              = each.value
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}

# Terraform puts the reviewed script there. Once the graph is published, Glue writes its own text over it:
# only source_hash, the reviewed text's, tells Terraform of a change.
resource "aws_s3_object" "script" {
  bucket      = var.assets_bucket
  key         = local.script_key
  source      = var.script_file
  source_hash = fileexists(var.script_file) ? filesha256(var.script_file) : null

  # Glue's own object carries no tags.
  override_provider {
    default_tags {
      tags = {}
    }
  }

  lifecycle {
    ignore_changes = [content_type, metadata]

    precondition {
      condition     = fileexists(var.script_file)
      error_message = "Job ${local.name} has no script ${var.script_file}. Run: python -m glue_studio generate --write"
    }
  }
}

resource "aws_glue_job" "this" {
  # checkov:skip=CKV_AWS_195: there is a security configuration where there is a key, and it only says which key.
  name                    = local.name
  description             = try(local.job.Description, null)
  role_arn                = aws_iam_role.this.arn
  glue_version            = local.job.GlueVersion
  worker_type             = try(local.job.WorkerType, "G.1X")
  number_of_workers       = try(local.job.NumberOfWorkers, 2)
  timeout                 = try(local.job.Timeout, 60)
  max_retries             = try(local.job.MaxRetries, 0)
  execution_class         = try(local.job.ExecutionClass, null)
  job_run_queuing_enabled = try(local.job.JobRunQueuingEnabled, null)
  maintenance_window      = try(local.job.MaintenanceWindow, null)
  connections             = length(var.access.connections) == 0 ? null : sort(keys(var.access.connections))
  security_configuration  = var.security_configuration

  default_arguments         = merge(try(local.job.DefaultArguments, {}), local.arguments)
  non_overridable_arguments = try(local.job.NonOverridableArguments, {})

  command {
    name            = try(local.job.Command.Name, "glueetl")
    python_version  = try(local.job.Command.PythonVersion, "3")
    script_location = "s3://${var.assets_bucket}/${local.script_key}"
  }

  execution_property {
    max_concurrent_runs = try(local.job.ExecutionProperty.MaxConcurrentRuns, 1)
  }

  dynamic "notification_property" {
    for_each = try([local.job.NotificationProperty.NotifyDelayAfter], [])

    content {
      notify_delay_after = notification_property.value
    }
  }

  # What `python -m glue_studio publish` needs to see before it touches a job.
  tags = merge(var.tags, { "glue-studio" = "managed" })

  # Glue reads the script when the job is created and may write it when it is published.
  depends_on = [aws_iam_role_policy.this, aws_iam_role_policy_attachment.graph, aws_s3_object.script]
}
