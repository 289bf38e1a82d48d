locals {
  first = sort([for job, jobs in var.predecessors : job if length(jobs) == 0])
  later = { for job, jobs in var.predecessors : job => jobs if length(jobs) > 0 }
}

resource "aws_glue_workflow" "this" {
  name        = var.name
  description = var.description
  # Two runs at once would replace each other's tables.
  max_concurrent_runs = 1
}

resource "aws_glue_trigger" "start" {
  name          = "${var.name}-start"
  description   = "Starts the jobs that wait for no other."
  type          = "ON_DEMAND"
  workflow_name = aws_glue_workflow.this.name

  dynamic "actions" {
    for_each = local.first

    content {
      job_name = actions.value
    }
  }
}

resource "aws_glue_trigger" "after" {
  for_each = local.later

  name          = "${var.name}-${each.key}"
  description   = "Starts ${each.key} once the tables it reads are there."
  type          = "CONDITIONAL"
  workflow_name = aws_glue_workflow.this.name

  predicate {
    logical = "AND"

    dynamic "conditions" {
      for_each = sort(each.value)

      content {
        job_name         = conditions.value
        logical_operator = "EQUALS"
        state            = "SUCCEEDED"
      }
    }
  }

  actions {
    job_name = each.key
  }

}
