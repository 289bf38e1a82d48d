variable "access_logs_bucket" {
  description = "Bucket that S3 writes access logs to."
  type        = string
}

variable "analyst_arns" {
  description = "Who may assume the role for the validation report."
  type        = list(string)
}

variable "availability_zone" {
  description = "Zone of the subnet."
  type        = string
}

variable "notification_emails" {
  description = "Who is told of failed and missing runs."
  type        = set(string)
}

variable "permissions_boundary_arn" {
  description = "Permissions boundary of every role."
  type        = string
}

variable "s3_prefix_list_id" {
  description = "Managed prefix list of S3's gateway endpoint."
  type        = string
}

variable "subnet_id" {
  description = "Subnet that the jobs run in."
  type        = string
}

variable "vpc_cidr" {
  description = "Addresses of the VPC's endpoints."
  type        = string
}

variable "vpc_id" {
  description = "VPC of the subnet."
  type        = string
}
