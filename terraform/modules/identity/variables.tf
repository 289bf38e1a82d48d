variable "account_id" {
  description = "Account that this plan is for."
  type        = string
}

variable "region" {
  description = "Region that this plan is for."
  type        = string
}

variable "name_prefix" {
  description = "First part of every name in this plan."
  type        = string
}
