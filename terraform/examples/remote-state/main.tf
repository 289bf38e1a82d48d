# The orders pipeline with its state in S3. The bucket is made once, by bucket/.

terraform {
  required_version = ">= 1.10" # use_lockfile; before that: dynamodb_table

  backend "s3" {
    key          = "orders/terraform.tfstate"
    encrypt      = true
    use_lockfile = true
    # bucket and region: terraform init -backend-config="bucket=…" -backend-config="region=…"
  }
}

module "orders" {
  source = "../orders/terraform"
}

output "deployment" {
  description = "Region, account, database, tables, workflow and work group."
  value       = module.orders
}
