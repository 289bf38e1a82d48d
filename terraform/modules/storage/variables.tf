variable "buckets" {
  description = "Buckets by key: name, whether old versions are kept, and days after which the objects under a prefix expire."
  type = map(object({
    name                = string
    versioned           = bool
    expiring_after_days = optional(map(number), {})
  }))

  validation {
    condition     = alltrue([for bucket in var.buckets : can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", bucket.name))])
    error_message = "A bucket name must be 3 to 63 lower-case letters, digits and hyphens."
  }
  validation {
    condition     = alltrue(flatten([for bucket in var.buckets : [for prefix, days in bucket.expiring_after_days : endswith(prefix, "/") && days >= 1]]))
    error_message = "expiring_after_days must map prefixes that end in / to at least 1 day."
  }
}

variable "force_destroy" {
  description = "Whether destroying a bucket deletes the objects in it."
  type        = bool
}

variable "kms_key_arn" {
  description = "KMS key that encrypts all objects; null for S3's own key."
  type        = string
}

variable "lifecycle_rules_enabled" {
  description = "Whether old versions, unfinished uploads and expiring prefixes are cleaned up."
  type        = bool
}

variable "noncurrent_version_days" {
  description = "Days after which an old version is deleted."
  type        = number
}

variable "partition" {
  description = "AWS partition: aws, aws-cn or aws-us-gov."
  type        = string
}
