variable "name" {
  description = "Name of the work group."
  type        = string
}

variable "description" {
  description = "What the work group is for."
  type        = string
}

variable "bucket" {
  description = "Bucket for query results."
  type        = string
}

variable "bytes_scanned_cutoff" {
  description = "Bytes after which a query is stopped."
  type        = number
}

variable "expected_owner" {
  description = "Account that must own the results bucket."
  type        = string
}

variable "force_destroy" {
  description = "Whether destroying the work group deletes its saved queries and query history."
  type        = bool
}

variable "kms_key_arn" {
  description = "KMS key that encrypts the results; null for S3's own key."
  type        = string
}
