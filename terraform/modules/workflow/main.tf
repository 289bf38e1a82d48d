locals {
  first = sort([for job, jobs in var.predecessors : job if length(jobs) == 0])
  later = { for job, jobs in var.predecessors : job => jobs if length(jobs) > 0 }

  # Everything that comes before a job, by doubling the distance: 5 steps see chains of up to 32 jobs.
  before_2  = { for job, jobs in var.predecessors : job => setunion(jobs, [for other in jobs : var.predecessors[other]]...) }
  before_4  = { for job, jobs in local.before_2 : job => setunion(jobs, [for other in jobs : local.before_2[other]]...) }
  before_8  = { for job, jobs in local.before_4 : job => setunion(jobs, [for other in jobs : local.before_4[other]]...) }
  before_16 = { for job, jobs in local.before_8 : job => setunion(jobs, [for other in jobs : local.before_8[other]]...) }
  before_32 = { for job, jobs in local.before_16 : job => setunion(jobs, [for other in jobs : local.before_16[other]]...) }
  circular  = [for job, jobs in local.before_32 : job if contains(jobs, job)]
}

resource "aws_glue_workflow" "this" {
  name        = var.name
  description = var.description
  # Two runs at once would replace each other's tables.
  max_concurrent_runs = 1
  tags                = var.tags

  lifecycle {
    precondition {
      condition     = length(local.circular) == 0
      error_message = "These jobs wait for each other, since each reads what another writes: ${join(", ", local.circular)}."
    }
  }
}

# Glue takes minutes to delete a trigger, at times more than the five that the provider waits
# (hashicorp/terraform-provider-aws issue 19826).
resource "aws_glue_trigger" "start" {
  name          = "${var.name}-start"
  description   = "Starts the jobs that wait for no other."
  type          = var.schedule == null ? "ON_DEMAND" : "SCHEDULED"
  schedule      = var.schedule
  workflow_name = aws_glue_workflow.this.name
  # The provider starts an enabled trigger, and an on-demand one would run the whole workflow at every first apply,
  # before there is any data. Glue starts the workflow through it all the same.
  enabled = var.schedule != null
  tags    = var.tags

  dynamic "actions" {
    for_each = local.first

    content {
      job_name = lookup(var.job_names, actions.value, actions.value)
    }
  }

  timeouts {
    delete = "15m"
  }
}

resource "aws_glue_trigger" "after" {
  for_each = local.later

  name          = "${var.name}-${each.key}"
  description   = "Starts ${each.key} once the tables it reads are there."
  type          = "CONDITIONAL"
  workflow_name = aws_glue_workflow.this.name
  enabled       = true
  tags          = var.tags

  predicate {
    logical = "AND"

    dynamic "conditions" {
      for_each = sort(each.value)

      content {
        job_name         = lookup(var.job_names, conditions.value, conditions.value)
        logical_operator = "EQUALS"
        state            = "SUCCEEDED"
      }
    }
  }

  actions {
    job_name = lookup(var.job_names, each.key, each.key)
  }

  timeouts {
    delete = "15m"
  }
}
