variable "name_prefix" {
  description = "First part of the role's name."
  type        = string
}

variable "zones" {
  description = "Buckets whose tables are read."
  type        = list(string)
}

variable "assets_bucket" {
  description = "Bucket of the jobs' scripts."
  type        = string
}

variable "results_bucket" {
  description = "Bucket of query results and history."
  type        = string
}

variable "databases" {
  description = "Databases that are read."
  type        = list(string)
}

variable "job_names" {
  description = "Jobs whose runs and definitions are read."
  type        = list(string)
}

variable "workgroup" {
  description = "Athena work group that is asked."
  type        = string
}

variable "iam_path" {
  description = "Path of the role."
  type        = string
  default     = "/"
  nullable    = false
}

variable "kms_key_arn" {
  description = "KMS key that encrypts tables and results. By default none."
  type        = string
  default     = null
}

variable "oidc" {
  description = "Identity provider of a CI system whose jobs may assume the role: its ARN, audience, and the subjects that are let in, such as repo:acme/lake:ref:refs/heads/main."
  type = object({
    provider_arn = string
    subjects     = list(string)
    audience     = optional(string, "sts.amazonaws.com")
  })
  default = null

  validation {
    condition     = var.oidc == null ? true : length(var.oidc.subjects) > 0 && alltrue([for subject in var.oidc.subjects : !startswith(subject, "*") && subject != "repo:*"])
    error_message = "oidc.subjects must name the repositories that are let in: with a wildcard in front, any of that provider could assume the role."
  }
}

variable "permissions_boundary_arn" {
  description = "Permissions boundary of the role."
  type        = string
  default     = null
}

variable "principal_arns" {
  description = "Roles and users that may assume the role."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.principal_arns : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:(root|role/.+|user/.+)$", arn))])
    error_message = "principal_arns must be ARNs of IAM roles, users or an account's root."
  }
}

variable "tags" {
  description = "Tags of the role."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "topic_arn" {
  description = "Topic that `--notify` tells. By default none."
  type        = string
  default     = null
}
