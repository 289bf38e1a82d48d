variable "job" {
  description = "The job's settings, from its file in glue_studio_json/."
  type = object({
    name                    = string
    description             = optional(string)
    glue_version            = string
    worker_type             = optional(string, "G.1X")
    number_of_workers       = optional(number, 2)
    timeout                 = optional(number, 60)
    max_retries             = optional(number, 0)
    execution_class         = optional(string)
    max_concurrent_runs     = optional(number, 1)
    notify_delay_after      = optional(number)
    job_run_queuing_enabled = optional(bool)
    maintenance_window      = optional(string)
    default_arguments       = optional(map(string), {})
    fixed_arguments         = optional(map(string), {})
    command_name            = optional(string, "glueetl")
    python_version          = optional(string, "3")
  })

  validation {
    condition     = can(regex("^[0-9]+\\.[0-9]+$", var.job.glue_version))
    error_message = "A job must name its GlueVersion, such as \"5.1\"."
  }
  validation {
    condition     = contains(["glueetl", "gluestreaming"], var.job.command_name)
    error_message = "A visual job's Command.Name must be glueetl or gluestreaming."
  }
  validation {
    condition     = var.job.timeout >= 1 && var.job.timeout <= 480
    error_message = "A job's Timeout must be 1 to 480 minutes: a run that hangs costs money until then."
  }
  validation {
    condition     = var.job.number_of_workers >= 2
    error_message = "A job's NumberOfWorkers must be at least 2."
  }
}

variable "job_sha256" {
  description = "SHA-256 of the job file's content; when it changes, the job is published again."
  type        = string
}

variable "script_file" {
  description = "Path of the generated script."
  type        = string
}

variable "access" {
  description = "What the job reads and writes: catalog tables, S3 prefixes, single files, and whether it evaluates data quality or uses Spark's Hive catalog."
  type = object({
    database          = string
    reads_tables      = list(string)
    writes_tables     = list(string)
    updates_tables    = list(string)
    reads_s3          = list(string)
    reads_files       = optional(list(string), [])
    writes_s3         = list(string)
    evaluates_quality = bool
    uses_hive_catalog = bool
  })

  # Without a prefix, the job would get the whole bucket.
  validation {
    condition     = alltrue([for uri in concat(var.access.reads_s3, var.access.writes_s3) : can(regex("^s3://[a-z0-9.-]+/[^*?]+$", uri))])
    error_message = "A job must read and write s3://<bucket>/<prefix>/, without wildcards."
  }
  validation {
    condition     = alltrue([for uri in var.access.reads_files : can(regex("^s3://[a-z0-9.-]+/[^*?]+[^*?/]$", uri))])
    error_message = "A library or file that a job's arguments name must be s3://<bucket>/<key>, without wildcards."
  }
}

variable "account_id" {
  description = "Account of the deployment."
  type        = string
}

variable "assets_bucket" {
  description = "Bucket for scripts, temporary files and Spark logs."
  type        = string
}

variable "kms_key_arn" {
  description = "KMS key that encrypts what the job reads and writes; null for none."
  type        = string
}

variable "log_group_names" {
  description = "Log groups that the job writes to."
  type        = list(string)
}

variable "log_group_prefix" {
  description = "First part of the names of the log groups, without a slash at the end."
  type        = string
}

variable "partition" {
  description = "AWS partition: aws, aws-cn or aws-us-gov."
  type        = string
}

variable "project_root" {
  description = "Folder that `python -m glue_studio publish` runs in."
  type        = string
}

variable "python" {
  description = "Python interpreter for it."
  type        = string
}

variable "region" {
  description = "Region of the deployment."
  type        = string
}

variable "role_name" {
  description = "Name of the job's role."
  type        = string
}

variable "security_configuration" {
  description = "Glue security configuration of the job; null for none."
  type        = string
}

variable "spark_logs_enabled" {
  description = "Whether the job keeps Spark event logs."
  type        = bool
}
