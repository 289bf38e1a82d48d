variable "name_prefix" {
  description = "First part of the names of topic, rules and alarms."
  type        = string
}

variable "job_names" {
  description = "Jobs that are watched."
  type        = list(string)
}

variable "account_id" {
  description = "Account whose events the topic accepts. By default the provider's."
  type        = string
  default     = null
}

variable "budget" {
  description = "Monthly budget in USD for what carries a tag, told at 80 % spent and at 100 % foreseen. The tag must be activated as a cost allocation tag. By default none."
  type = object({
    monthly_usd = number
    tag_key     = optional(string, "Project")
    tag_value   = string
  })
  default = null
}

variable "dashboard_enabled" {
  description = "Whether there is a CloudWatch dashboard of the jobs and queries."
  type        = bool
  default     = false
  nullable    = false
}

variable "hours_without_run" {
  description = "Hours after which a job that has not run is told, 1 to 24. Jobs must have --enable-metrics. By default never."
  type        = number
  default     = null

  validation {
    condition     = var.hours_without_run == null ? true : var.hours_without_run >= 1 && var.hours_without_run <= 24 && floor(var.hours_without_run) == var.hours_without_run
    error_message = "hours_without_run must be a whole number from 1 to 24: CloudWatch looks back one day."
  }
}

variable "kms_key_arn" {
  description = "KMS key that encrypts the topic. By default one is made for it."
  type        = string
  default     = null
}

variable "notification_emails" {
  description = "Addresses that are told. Each gets a message to confirm."
  type        = set(string)
  default     = []
  nullable    = false
}

variable "partition" {
  description = "AWS partition, such as aws or aws-cn. By default the provider's."
  type        = string
  default     = null
}

variable "region" {
  description = "Region of the topic. By default the provider's."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of topic, rules and alarms."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "topic_arn" {
  description = "Topic that is there already and is told instead. Its policy must let events.amazonaws.com and cloudwatch.amazonaws.com publish."
  type        = string
  default     = null

  validation {
    condition     = var.topic_arn == null || can(regex("^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]+$", var.topic_arn))
    error_message = "topic_arn must be the ARN of an SNS topic: arn:aws:sns:<region>:<account>:<name>."
  }
}

variable "topic_encryption_enabled" {
  description = "Whether a KMS key is made for the topic where none is given; it costs a dollar a month."
  type        = bool
  default     = true
  nullable    = false
}

variable "workgroup" {
  description = "Athena work group for the dashboard."
  type        = string
  default     = null
}
