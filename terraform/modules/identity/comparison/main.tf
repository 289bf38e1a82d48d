variable "recorded" {
  description = "Identity in the state."
  type        = object({ account_id = string, region = string, name_prefix = string })
}

variable "wanted" {
  description = "Identity of this plan."
  type        = object({ account_id = string, region = string, name_prefix = string })

  validation {
    condition     = var.wanted == var.recorded
    error_message = <<-EOT
      The state is that of another deployment: account ${var.recorded.account_id}, region ${var.recorded.region}, name_prefix "${var.recorded.name_prefix}". This plan is for account ${var.wanted.account_id}, region ${var.wanted.region}, name_prefix "${var.wanted.name_prefix}", and would leave or replace everything. Set credentials, region and name_prefix as they were.
      A second deployment needs a state of its own: `terraform workspace new <name>`, or another key in the backend.
      To move this one on purpose, destroy it as it was, then apply anew. To only rename it, and lose what its buckets hold: terraform apply -replace='module.pipeline.module.identity.terraform_data.this'
    EOT
  }
}

output "deployment" {
  description = "The identity, once it is known to be the right one."
  value       = var.wanted
}
