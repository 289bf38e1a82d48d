variable "region" {
  description = "AWS region to deploy to. By default the one that the environment names (AWS_REGION or the profile)."
  type        = string
  default     = null

  validation {
    condition     = var.region == null || can(regex("^[a-z]{2,}(-[a-z]+)+-[0-9]+$", var.region))
    error_message = "region must be the code of an AWS region, such as us-east-1."
  }
}

variable "allowed_account_ids" {
  description = "Accounts that may be deployed to; with credentials of any other, nothing is planned. By default any."
  type        = set(string)
  default     = null

  validation {
    condition     = var.allowed_account_ids == null ? true : length(var.allowed_account_ids) > 0 && alltrue([for id in var.allowed_account_ids : can(regex("^[0-9]{12}$", id))])
    error_message = "allowed_account_ids must be account numbers of 12 digits, at least one."
  }
}

variable "environment" {
  description = "Name of the environment, for tags. By default the Terraform workspace, and `dev` in the default workspace."
  type        = string
  default     = null

  validation {
    condition     = var.environment == null || can(regex("^[a-z][a-z0-9-]{0,19}$", var.environment))
    error_message = "environment must be 1 to 20 lower-case letters, digits and hyphens, and start with a letter."
  }
}

variable "name_prefix" {
  description = "First part of the name of every bucket, role, work group, workflow, log group and topic."
  type        = string
  default     = "stedi"

  # A bucket name has 63 characters, of which `-athena-results-<account>-<region>` takes up to 43.
  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,18}[a-z0-9]$", var.name_prefix))
    error_message = "name_prefix must be 3 to 20 lower-case letters, digits and hyphens, start with a letter and not end with a hyphen."
  }
}

variable "tags" {
  description = "Tags for every resource, in addition to Project, Environment and ManagedBy."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for key in keys(var.tags) : !startswith(lower(key), "aws:") && !contains(["Project", "Environment", "ManagedBy", "glue-studio"], key)])
    error_message = "tags must not start with aws: nor replace Project, Environment, ManagedBy or glue-studio."
  }
}

variable "project" {
  description = "Value of the tag Project, by which costs are told apart."
  type        = string
  default     = "stedi-lakehouse"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9 ._-]{1,64}$", var.project))
    error_message = "project must be 1 to 64 letters, digits, spaces, dots, hyphens and underscores."
  }
}

variable "iam_path" {
  description = "Path of every role and policy."
  type        = string
  default     = "/"
  nullable    = false

  validation {
    condition     = can(regex("^/([A-Za-z0-9.,+@=_-]+/)*$", var.iam_path))
    error_message = "iam_path must begin and end with a slash, such as /data/."
  }
}

variable "permissions_boundary_arn" {
  description = "Permissions boundary of every role."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary_arn == null || can(regex("^arn:aws[a-z-]*:iam::([0-9]{12}|aws):policy/.+$", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn must be the ARN of an IAM policy."
  }
}

variable "existing_buckets" {
  description = "Buckets that are there already, by what they are used for (landing, trusted, curated, assets, athena_results); the others are made."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.existing_buckets), ["landing", "trusted", "curated", "assets", "athena_results"])) == 0
    error_message = "existing_buckets must be given for landing, trusted, curated, assets or athena_results."
  }
}

variable "existing_topic_arn" {
  description = "SNS topic that is there already and is told of failed jobs. Its policy must let EventBridge and CloudWatch publish."
  type        = string
  default     = null

  validation {
    condition     = var.existing_topic_arn == null || can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.existing_topic_arn))
    error_message = "existing_topic_arn must be the ARN of an SNS topic: arn:aws:sns:<region>:<account>:<name>."
  }
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

variable "extra_policy_arns" {
  description = "Policies that a job's role gets beside what its graph shows: their ARNs by job. For what no graph shows, such as a table that a query names or a store that is not S3."
  type        = map(list(string))
  default     = {}
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

variable "database" {
  description = "Database of the files directly in tables/. By default the one that the jobs name; to be set where they name several."
  type        = string
  default     = null
}

variable "shared_targets" {
  description = "Tables (`<database>.<table>`) and S3 prefixes that several jobs may write."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "s3_account_ids" {
  description = "Other accounts whose buckets jobs may use. By default only buckets of the deployment's own account."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "access_logs" {
  description = "Bucket and prefix that S3 writes access logs of the buckets to. By default none."
  type = object({
    bucket = string
    prefix = optional(string, "s3-access/")
  })
  default = null
}

variable "force_destroy" {
  description = "Whether `terraform destroy` deletes buckets and the work group with what is in them. Not in an environment whose data matters."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !(var.force_destroy && contains(["prod", "production"], coalesce(var.environment, terraform.workspace)))
    error_message = "force_destroy must be false in production: terraform destroy would delete the data."
  }
}

variable "kms_key_arn" {
  description = "ARN of a KMS key that encrypts buckets, query results, logs and notifications. By default S3 and CloudWatch use their own keys. docs/terraform.md shows the policy that the key needs."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key (not of an alias): arn:aws:kms:<region>:<account>:key/<id>."
  }
}

variable "kms_key_enabled" {
  description = "Whether a KMS key is made for all of that, with rotation and the policy that it needs. It costs a dollar a month and its requests."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !(var.kms_key_enabled && var.kms_key_arn != null)
    error_message = "Give kms_key_arn or set kms_key_enabled, not both."
  }
}

variable "topic_encryption_enabled" {
  description = "Whether the topic gets a KMS key of its own where there is no other; it costs a dollar a month."
  type        = bool
  default     = true
  nullable    = false
}

variable "catalog_encryption_enabled" {
  description = "Whether the Data Catalog of the whole account and region is encrypted with the key. Only one deployment may set it."
  type        = bool
  default     = false
  nullable    = false

  validation {
    condition     = !var.catalog_encryption_enabled || var.kms_key_enabled || var.kms_key_arn != null
    error_message = "catalog_encryption_enabled needs a key: give kms_key_arn or set kms_key_enabled."
  }
}

variable "lake_formation_enabled" {
  description = "Whether each job's role is granted its tables in Lake Formation as well. Needed where Lake Formation and not IAM alone decides."
  type        = bool
  default     = false
  nullable    = false
}

variable "lifecycle_rules_enabled" {
  description = "Whether buckets expire old versions, temporary files and query results. Applying such a rule takes about a minute."
  type        = bool
  default     = true
  nullable    = false
}

variable "noncurrent_version_days" {
  description = "Days after which a replaced or deleted object is gone for good. Each run of a job replaces its table."
  type        = number
  default     = 14
  nullable    = false

  validation {
    condition     = var.noncurrent_version_days >= 1 && var.noncurrent_version_days <= 3650 && floor(var.noncurrent_version_days) == var.noncurrent_version_days
    error_message = "noncurrent_version_days must be a whole number from 1 to 3650."
  }
}

variable "query_result_days" {
  description = "Days after which Athena's query results expire. The validation history is kept."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.query_result_days >= 1 && var.query_result_days <= 3650 && floor(var.query_result_days) == var.query_result_days
    error_message = "query_result_days must be a whole number from 1 to 3650."
  }
}

variable "log_retention_days" {
  description = "Days that CloudWatch keeps the logs of the jobs."
  type        = number
  default     = 90
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be a period that CloudWatch Logs knows: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653."
  }
}

variable "bytes_scanned_cutoff" {
  description = "Bytes after which Athena stops a query of the work group; 1 GiB by default."
  type        = number
  default     = 1073741824
  nullable    = false

  validation {
    condition     = var.bytes_scanned_cutoff >= 10485760 && floor(var.bytes_scanned_cutoff) == var.bytes_scanned_cutoff
    error_message = "bytes_scanned_cutoff must be at least 10485760 (10 MiB), Athena's own minimum."
  }
}

variable "spark_logs_enabled" {
  description = "Whether jobs keep Spark event logs for the Spark UI, in the assets bucket."
  type        = bool
  default     = true
  nullable    = false
}

variable "notification_emails" {
  description = "E-mail addresses that are told when a job fails. Each gets a message to confirm."
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for address in var.notification_emails : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", address))])
    error_message = "notification_emails must be e-mail addresses."
  }
}

variable "schedule" {
  description = "When the workflow starts by itself, as a cron expression of Glue's in UTC, such as `cron(0 5 * * ? *)`. By default never."
  type        = string
  default     = null

  validation {
    condition     = var.schedule == null || can(regex("^cron\\(\\S+( \\S+){5}\\)$", var.schedule))
    error_message = "schedule must be a cron expression of six fields: cron(<minutes> <hours> <day of month> <month> <day of week> <year>)."
  }
}

variable "hours_without_run" {
  description = "Hours after which a job that has not run is told, 1 to 24. By default never."
  type        = number
  default     = null

  validation {
    condition     = var.hours_without_run == null ? true : var.hours_without_run >= 1 && var.hours_without_run <= 24 && floor(var.hours_without_run) == var.hours_without_run
    error_message = "hours_without_run must be a whole number from 1 to 24: CloudWatch looks back one day."
  }
}

variable "dashboard_enabled" {
  description = "Whether there is a CloudWatch dashboard of the jobs and queries."
  type        = bool
  default     = false
  nullable    = false
}

variable "monthly_budget_usd" {
  description = "Monthly budget in USD for what carries the tag Project (to be activated as a cost allocation tag), told by e-mail at 80 % spent and at 100 % foreseen. By default none."
  type        = number
  default     = null

  validation {
    condition     = var.monthly_budget_usd == null ? true : var.monthly_budget_usd > 0 && length(var.notification_emails) > 0
    error_message = "monthly_budget_usd must be more than 0, and needs notification_emails to tell."
  }
}

variable "validation_principal_arns" {
  description = "Roles and users that may assume the role for the validation report; with none (and no validation_oidc) there is no such role."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.validation_principal_arns : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:(root|role/.+|user/.+)$", arn))])
    error_message = "validation_principal_arns must be ARNs of IAM roles, users or an account's root."
  }
}

variable "validation_oidc" {
  description = "Identity provider of a CI system whose jobs may assume that role: its ARN, audience, and the subjects that are let in, such as repo:acme/lake:ref:refs/heads/main."
  type = object({
    provider_arn = string
    subjects     = list(string)
    audience     = optional(string, "sts.amazonaws.com")
  })
  default = null
}

variable "publish" {
  description = "How graphs are published: by this apply, or later by whoever runs the output publish_command; and the role or profile for it where the provider takes one."
  type = object({
    enabled  = optional(bool, true)
    role_arn = optional(string)
    profile  = optional(string)
  })
  default  = {}
  nullable = false
}

variable "python" {
  description = "Path of the Python that runs `python -m glue_studio publish` after a job changed. By default the one in the project's .venv."
  type        = string
  default     = null

  validation {
    condition     = var.python == null ? true : trimspace(var.python) != ""
    error_message = "python must name an interpreter, or be left out."
  }
}
