variable "name_prefix" {
  description = "Name of the workflow, and first part of every other name."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,18}[a-z0-9]$", var.name_prefix))
    error_message = "name_prefix must be 3 to 20 lower-case letters, digits and hyphens, start with a letter and not end with a hyphen."
  }
}

variable "project_dir" {
  description = "Folder of the pipeline's files: glue_studio_json/<job>.json, glue_scripts/<job>.py, terraform/tables/<table>.json, and for views terraform/views/<view>.json and athena_sql/views/<view>.sql."
  type        = string
}

variable "zones" {
  description = "Bucket of each zone that a table may be put into."
  type        = map(string)
}

variable "assets_bucket" {
  description = "Bucket for scripts, temporary files and Spark logs."
  type        = string
}

variable "catalog_encryption_enabled" {
  description = "Whether the Data Catalog of the whole account and region is encrypted with the key. Only one deployment may set it."
  type        = bool
  default     = false
  nullable    = false
}

variable "connections" {
  description = "Glue connections that jobs use, by name: whether the connection leads into a VPC, and the secrets with its password."
  type = map(object({
    in_vpc      = optional(bool, true)
    secret_arns = optional(list(string), [])
  }))
  default  = {}
  nullable = false
}

variable "connections_of_every_job" {
  description = "Connections that every job gets beside its own, such as one into a VPC; each must be described in `connections`."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "database" {
  description = "Database of the files directly in terraform/tables/. By default the one that the jobs name."
  type        = string
  default     = null
}

variable "database_description" {
  description = "What the database holds."
  type        = string
  default     = "Tables of a pipeline that Terraform deploys."
  nullable    = false
}

variable "existing_tables" {
  description = "Tables of other owners that jobs use: S3 location by `<database>.<table>`."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name, location in var.existing_tables : can(regex("^[a-z0-9_]+[.][a-z0-9_]+$", name)) && can(regex("^s3://[a-z0-9.-]+/.+/$", location))])
    error_message = "existing_tables must map <database>.<table> to s3://<bucket>/<prefix>/."
  }
}

variable "extra_policy_arns" {
  description = "Policies that a job's role gets beside what its graph shows: their ARNs by job. For what no graph shows, such as a table that a query names or a store that is not S3."
  type        = map(list(string))
  default     = {}
  nullable    = false
}

variable "iam_path" {
  description = "Path of the roles and policies."
  type        = string
  default     = "/"
  nullable    = false

  validation {
    condition     = can(regex("^/([A-Za-z0-9.,+@=_-]+/)*$", var.iam_path))
    error_message = "iam_path must begin and end with a slash, such as /data/."
  }
}

variable "kms_key_arn" {
  description = "KMS key that encrypts what the jobs write and log. By default S3 and CloudWatch use their own keys."
  type        = string
  default     = null
}

variable "lake_formation_enabled" {
  description = "Whether each job's role is granted its tables in Lake Formation as well. Needed where Lake Formation and not IAM alone decides."
  type        = bool
  default     = false
  nullable    = false
}

variable "log_retention_days" {
  description = "Days that CloudWatch keeps the logs of the jobs."
  type        = number
  default     = 90
  nullable    = false
}

variable "permissions_boundary_arn" {
  description = "Permissions boundary of the roles."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary_arn == null || can(regex("^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn must be the ARN of an IAM policy."
  }
}

variable "publish" {
  description = "How graphs are published: by this apply, or later by whoever runs the output `publish_command`; the Python that does it, the folder that holds the package glue_studio (by default the project, or this module's own checkout), and the role or profile that it takes where the provider takes one."
  type = object({
    enabled     = optional(bool, true)
    python      = optional(string)
    package_dir = optional(string)
    role_arn    = optional(string)
    profile     = optional(string)
  })
  default  = {}
  nullable = false
}

variable "s3_account_ids" {
  description = "Other accounts whose buckets jobs may use. By default only buckets of the deployment's own account."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "schedule" {
  description = "When the workflow starts by itself, as a cron expression of Glue's, such as `cron(0 5 * * ? *)`; UTC. By default never."
  type        = string
  default     = null
}

variable "shared_targets" {
  description = "Tables (`<database>.<table>`) and S3 prefixes that several jobs may write."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "spark_logs_enabled" {
  description = "Whether jobs keep Spark event logs for the Spark UI, in the assets bucket."
  type        = bool
  default     = true
  nullable    = false
}

variable "tags" {
  description = "Tags of every resource that takes some."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "workflow_description" {
  description = "What the workflow makes."
  type        = string
  default     = "Runs the jobs of a pipeline, each after those whose tables it reads."
  nullable    = false
}
