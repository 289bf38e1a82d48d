locals {
  script_key = "scripts/${var.job.name}.py"

  # What only the deployment knows. The job file decides on everything else.
  arguments = merge(
    {
      "--TempDir"                = "s3://${var.assets_bucket}/temp/${var.job.name}/"
      "--custom-logGroup-prefix" = var.log_group_prefix
    },
    var.spark_logs_enabled ? {
      "--enable-spark-ui"       = "true"
      "--spark-event-logs-path" = "s3://${var.assets_bucket}/spark-logs/${var.job.name}/"
    } : {},
  )
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
      error_message = "Job ${var.job.name} has no script ${var.script_file}. Run: python -m glue_studio generate --write"
    }
  }
}

resource "aws_glue_job" "this" {
  name                    = var.job.name
  description             = var.job.description
  role_arn                = aws_iam_role.this.arn
  glue_version            = var.job.glue_version
  worker_type             = var.job.worker_type
  number_of_workers       = var.job.number_of_workers
  timeout                 = var.job.timeout
  max_retries             = var.job.max_retries
  execution_class         = var.job.execution_class
  job_run_queuing_enabled = var.job.job_run_queuing_enabled
  maintenance_window      = var.job.maintenance_window
  security_configuration  = var.security_configuration

  default_arguments         = merge(var.job.default_arguments, local.arguments)
  non_overridable_arguments = var.job.fixed_arguments

  command {
    name            = var.job.command_name
    python_version  = var.job.python_version
    script_location = "s3://${var.assets_bucket}/${local.script_key}"
  }

  execution_property {
    max_concurrent_runs = var.job.max_concurrent_runs
  }

  dynamic "notification_property" {
    for_each = var.job.notify_delay_after[*]

    content {
      notify_delay_after = notification_property.value
    }
  }

  # What `python -m glue_studio publish` needs to see before it touches a job.
  tags = { "glue-studio" = "managed" }

  # Glue reads the script when the job is created and may write it when it is published.
  depends_on = [aws_iam_role_policy.this, aws_s3_object.script]
}

# The provider cannot set the graph (hashicorp/terraform-provider-aws issue 40625), and its UpdateJob makes a visual
# job a script job. So the graph is published after each change to the job file, the script or the job itself.
resource "terraform_data" "publish" {
  triggers_replace = {
    arn    = aws_glue_job.this.arn # not known, and so a change, when the job must be made again
    job    = var.job_sha256
    script = aws_s3_object.script.source_hash
  }

  provisioner "local-exec" {
    # No shell: the job's name is one argument, whatever it contains. A script that Glue words otherwise than the reviewed
    # one is no reason to leave the rest undeployed: the report and `glue_studio drift` tell of it.
    interpreter = [var.python, "-m", "glue_studio", "publish", "--any-script"]
    command     = var.job.name
    working_dir = var.project_root
    environment = {
      AWS_REGION         = var.region
      AWS_DEFAULT_REGION = var.region
    }
  }

  lifecycle {
    replace_triggered_by = [aws_glue_job.this]
  }
}
