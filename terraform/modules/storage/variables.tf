variable "name_prefix" {
  description = "First part of the name of every bucket that is given none."
  type        = string
  default     = "lakehouse"
  nullable    = false
}

variable "buckets" {
  description = "Buckets by key: name (by default <name_prefix>-<key>-<account>-<region>), whether old versions are kept, and days after which the objects under a prefix expire."
  type = map(object({
    name                = optional(string)
    versioned           = optional(bool, true)
    expiring_after_days = optional(map(number), {})
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for bucket in var.buckets : bucket.name == null || can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", bucket.name))])
    error_message = "A bucket name must be 3 to 63 lower-case letters, digits and hyphens."
  }
  validation {
    condition     = alltrue(flatten([for bucket in var.buckets : [for prefix, days in bucket.expiring_after_days : endswith(prefix, "/") && days >= 1]]))
    error_message = "expiring_after_days must map prefixes that end in / to at least 1 day."
  }
}

variable "existing_buckets" {
  description = "Buckets that are there already, by key: they are used as they are, in place of one that would be made."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for name in var.existing_buckets : can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", name))])
    error_message = "existing_buckets must map keys to bucket names, without s3://."
  }
}

variable "access_logs" {
  description = "Bucket and prefix that S3 writes access logs to. By default none."
  type = object({
    bucket = string
    prefix = optional(string, "s3-access/")
  })
  default = null
}

variable "account_id" {
  description = "Account of the buckets. By default the provider's."
  type        = string
  default     = null
}

variable "force_destroy" {
  description = "Whether destroying a bucket deletes the objects in it."
  type        = bool
  default     = false
  nullable    = false
}

variable "kms_key_arn" {
  description = "KMS key that encrypts all objects. By default S3's own key."
  type        = string
  default     = null
}

variable "lifecycle_rules_enabled" {
  description = "Whether old versions, unfinished uploads and expiring prefixes are cleaned up."
  type        = bool
  default     = true
  nullable    = false
}

variable "noncurrent_version_days" {
  description = "Days after which an old version is deleted."
  type        = number
  default     = 14
  nullable    = false
}

variable "partition" {
  description = "AWS partition, such as aws or aws-cn. By default the provider's."
  type        = string
  default     = null
}

variable "region" {
  description = "Region of the buckets, for their names. By default the provider's."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of the buckets."
  type        = map(string)
  default     = {}
  nullable    = false
}
