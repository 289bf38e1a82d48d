variable "name" {
  description = "Name of the work group."
  type        = string
}

variable "bucket" {
  description = "Bucket for query results."
  type        = string
}

variable "bytes_scanned_cutoff" {
  description = "Bytes after which a query is stopped; 1 GiB by default."
  type        = number
  default     = 1073741824
  nullable    = false

  validation {
    condition     = var.bytes_scanned_cutoff >= 10485760 && floor(var.bytes_scanned_cutoff) == var.bytes_scanned_cutoff
    error_message = "bytes_scanned_cutoff must be at least 10485760 (10 MiB), Athena's own minimum."
  }
}

variable "description" {
  description = "What the work group is for."
  type        = string
  default     = "Queries on tables that Terraform defines."
  nullable    = false
}

variable "expected_owner" {
  description = "Account that must own the results bucket. By default any."
  type        = string
  default     = null
}

variable "force_destroy" {
  description = "Whether destroying the work group deletes its saved queries and query history."
  type        = bool
  default     = false
  nullable    = false
}

variable "kms_key_arn" {
  description = "KMS key that encrypts the results. By default S3's own key."
  type        = string
  default     = null
}

variable "queries" {
  description = "Saved queries of the work group by name: database, SQL and what the query answers."
  type = map(object({
    database    = string
    sql         = string
    description = optional(string)
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for query in var.queries : length(query.sql) <= 262144 && length(coalesce(query.description, "x")) <= 1024])
    error_message = "A saved query must be at most 262,144 characters long, its description 1,024."
  }
}

variable "tags" {
  description = "Tags of the work group."
  type        = map(string)
  default     = {}
  nullable    = false
}
