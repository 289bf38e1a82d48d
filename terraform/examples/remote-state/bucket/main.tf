# The bucket of the state: versioned, so that a state can be brought back. Its own state stays where it is made.

terraform {
  required_version = ">= 1.9"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
  }
}

module "storage" {
  source = "../../../modules/storage"

  name_prefix             = "orders"
  buckets                 = { terraform-state = {} }
  noncurrent_version_days = 365
}

output "bucket" {
  description = "Name of the bucket."
  value       = module.storage.names["terraform-state"]
}
