variable "name_prefix" {
  description = "Alias of the key, and first part of the log groups that it is for."
  type        = string
}

variable "alias_suffix" {
  description = "What the alias has after the prefix."
  type        = string
  default     = ""
  nullable    = false
}

variable "deletion_window_days" {
  description = "Days between the destruction of the key and its end, in which it can be brought back."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = var.deletion_window_days >= 7 && var.deletion_window_days <= 30 && floor(var.deletion_window_days) == var.deletion_window_days
    error_message = "deletion_window_days must be a whole number from 7 to 30."
  }
}

variable "description" {
  description = "What the key encrypts."
  type        = string
  default     = "data, query results, logs and notifications."
  nullable    = false
}

variable "services" {
  description = "AWS services that may use the key: logs, events and cloudwatch."
  type        = set(string)
  default     = ["logs", "events", "cloudwatch"]
  nullable    = false

  validation {
    condition     = length(setsubtract(var.services, ["logs", "events", "cloudwatch"])) == 0
    error_message = "services must be of logs, events and cloudwatch."
  }
}

variable "tags" {
  description = "Tags of the key."
  type        = map(string)
  default     = {}
  nullable    = false
}
