variable "job_file" {
  description = "Path of the job file, in the shape of the CreateJob API. Its settings are the job's."
  type        = string

  validation {
    condition     = can(jsondecode(file(var.job_file)).Name)
    error_message = "${var.job_file} is not a job in the shape of the CreateJob API. Find what is wrong with: python -m glue_studio check"
  }
  validation {
    condition     = contains(["glueetl"], try(jsondecode(file(var.job_file)).Command.Name, "glueetl"))
    error_message = "${var.job_file}: Command.Name must be glueetl. A streaming job never ends, and a Python shell job has no graph."
  }
  # Log groups of a job's own (--custom-logGroup-prefix) came with Glue 5.0.
  validation {
    condition     = try(tonumber(jsondecode(file(var.job_file)).GlueVersion), 0) >= 5
    error_message = "${var.job_file}: GlueVersion must be given and be \"5.0\" or newer, such as \"5.1\": older ones cannot log to the job's own log groups."
  }
  validation {
    condition     = try(jsondecode(file(var.job_file)).Timeout >= 1 && jsondecode(file(var.job_file)).Timeout <= 480, !can(jsondecode(file(var.job_file)).Timeout))
    error_message = "${var.job_file}: Timeout must be 1 to 480 minutes: a run that hangs costs money until then."
  }
  validation {
    condition     = try(jsondecode(file(var.job_file)).NumberOfWorkers >= 2, !can(jsondecode(file(var.job_file)).NumberOfWorkers))
    error_message = "${var.job_file}: NumberOfWorkers must be at least 2."
  }
  validation {
    condition     = length(setintersection(try(keys(jsondecode(file(var.job_file)).NonOverridableArguments), []), ["--TempDir", "--custom-logGroup-prefix", "--continuous-log-logGroup", "--spark-event-logs-path"])) == 0
    error_message = "${var.job_file}: NonOverridableArguments must not fix --TempDir, log groups or Spark logs: they are the deployment's."
  }
}

variable "script_file" {
  description = "Path of the generated script."
  type        = string
}

variable "access" {
  description = "What the job reads and writes: catalog tables as `<database>.<table>`, S3 prefixes, single files, connections, and whether it evaluates data quality or uses Spark's Hive catalog."
  type = object({
    reads_tables      = optional(list(string), [])
    writes_tables     = optional(list(string), [])
    updates_tables    = optional(list(string), [])
    reads_s3          = optional(list(string), [])
    reads_files       = optional(list(string), [])
    writes_s3         = optional(list(string), [])
    evaluates_quality = optional(bool, false)
    uses_hive_catalog = optional(bool, false)
    connections = optional(map(object({
      in_vpc      = optional(bool, true)
      secret_arns = optional(list(string), [])
    })), {})
  })
  default  = {}
  nullable = false

  # Without a prefix, the job would get the whole bucket.
  validation {
    condition     = alltrue([for uri in concat(var.access.reads_s3, var.access.writes_s3) : can(regex("^s3://[a-z0-9.-]+/[^*?]+$", uri))])
    error_message = "A job must read and write s3://<bucket>/<prefix>/, without wildcards."
  }
  validation {
    condition     = alltrue([for uri in var.access.reads_files : can(regex("^s3://[a-z0-9.-]+/[^*?]+[^*?/]$", uri))])
    error_message = "A library or file that a job's arguments name must be s3://<bucket>/<key>, without wildcards."
  }
  validation {
    condition     = alltrue([for table in concat(var.access.reads_tables, var.access.writes_tables, var.access.updates_tables) : can(regex("^[^.*]+[.][^.*]+$", table))])
    error_message = "A table must be <database>.<table>."
  }
}

variable "name_prefix" {
  description = "First part of the names of role and log groups."
  type        = string
}

variable "assets_bucket" {
  description = "Bucket for scripts, temporary files and Spark logs."
  type        = string
}

variable "account_id" {
  description = "Account of the deployment. By default the provider's."
  type        = string
  default     = null
}

variable "extra_policy_arns" {
  description = "Policies that the role gets beside what the graph shows."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "iam_path" {
  description = "Path of role and policies."
  type        = string
  default     = "/"
  nullable    = false
}

variable "kms_key_arn" {
  description = "KMS key that encrypts what the job reads, writes and logs. By default S3 and CloudWatch use their own."
  type        = string
  default     = null
}

variable "lake_formation_enabled" {
  description = "Whether the role is granted its tables in Lake Formation as well."
  type        = bool
  default     = false
  nullable    = false
}

variable "log_retention_days" {
  description = "Days that CloudWatch keeps the job's logs."
  type        = number
  default     = 90
  nullable    = false
}

variable "partition" {
  description = "AWS partition, such as aws or aws-cn. By default the provider's."
  type        = string
  default     = null
}

variable "permissions_boundary_arn" {
  description = "Permissions boundary of the role."
  type        = string
  default     = null
}

variable "publish" {
  description = "How the graph is published: by this apply or later, by which Python (a path), from which folder (by default the one that holds the package glue_studio: the project, or this module's own checkout), for which project folder, with which role or profile."
  type = object({
    project_dir = string
    enabled     = optional(bool, true)
    python      = optional(string)
    package_dir = optional(string)
    role_arn    = optional(string)
    profile     = optional(string)
  })
}

variable "region" {
  description = "Region of the deployment. By default the provider's."
  type        = string
  default     = null
}

variable "s3_account_ids" {
  description = "Other accounts whose buckets the job may use."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "security_configuration" {
  description = "Glue security configuration of the job. By default none."
  type        = string
  default     = null
}

variable "spark_logs_enabled" {
  description = "Whether the job keeps Spark event logs."
  type        = bool
  default     = true
  nullable    = false
}

variable "tags" {
  description = "Tags of role, job and log groups."
  type        = map(string)
  default     = {}
  nullable    = false
}
