variable "name_prefix" {
  description = "First part of the names of topic and rule."
  type        = string
}

variable "account_id" {
  description = "Account whose events the topic accepts."
  type        = string
}

variable "job_names" {
  description = "Jobs whose failure is told."
  type        = list(string)
}

variable "kms_key_arn" {
  description = "KMS key that encrypts topic and logs; null for none on the topic and CloudWatch's own on logs."
  type        = string
}

variable "notification_emails" {
  description = "Addresses that are told of failed jobs."
  type        = set(string)
}

variable "partition" {
  description = "AWS partition: aws, aws-cn or aws-us-gov."
  type        = string
}

variable "region" {
  description = "Region of the topic."
  type        = string
}
