mock_provider "aws" {}

variables {
  name        = "lake"
  description = "For the test."
  predecessors = {
    a = []
    b = []
    c = ["b", "a"]
    d = ["c"]
  }
}

run "triggers" {
  command = plan
  module {
    source = "./modules/workflow"
  }

  assert {
    condition     = aws_glue_trigger.start.type == "ON_DEMAND" && aws_glue_trigger.start.actions[*].job_name == tolist(["a", "b"])
    error_message = "The start trigger starts exactly the jobs that wait for none."
  }
  assert {
    condition     = !aws_glue_trigger.start.enabled && alltrue([for trigger in aws_glue_trigger.after : trigger.enabled])
    error_message = "The provider starts an enabled on-demand trigger: applying would run the workflow. Conditional triggers must be active."
  }
  assert {
    condition     = keys(aws_glue_trigger.after) == ["c", "d"] && alltrue([for job, trigger in aws_glue_trigger.after : trigger.type == "CONDITIONAL" && trigger.actions[*].job_name == tolist([job])])
    error_message = "Each later job has one conditional trigger of its own."
  }
  assert {
    condition     = aws_glue_trigger.after["c"].predicate[0].logical == "AND" && aws_glue_trigger.after["c"].predicate[0].conditions[*].job_name == tolist(["a", "b"]) && alltrue([for condition in aws_glue_trigger.after["c"].predicate[0].conditions : condition.state == "SUCCEEDED" && condition.logical_operator == "EQUALS"])
    error_message = "A job starts when all its predecessors have succeeded."
  }
  assert {
    condition     = alltrue([for trigger in concat(values(aws_glue_trigger.after), [aws_glue_trigger.start]) : trigger.workflow_name == "lake"]) && aws_glue_workflow.this.max_concurrent_runs == 1
    error_message = "All triggers belong to one workflow, which runs once at a time."
  }
}

run "refuses_jobs_that_all_wait" {
  command = plan
  module {
    source = "./modules/workflow"
  }
  variables {
    predecessors = { a = ["b"], b = ["a"] }
  }
  expect_failures = [aws_glue_workflow.this]
}

run "refuses_a_long_circle_beside_a_start" {
  command = plan
  module {
    source = "./modules/workflow"
  }
  variables {
    predecessors = { a = [], b = ["a", "h"], c = ["b"], d = ["c"], e = ["d"], f = ["e"], g = ["f"], h = ["g"] }
  }
  expect_failures = [aws_glue_workflow.this]
}

run "accepts_a_long_chain" {
  command = plan
  module {
    source = "./modules/workflow"
  }
  variables {
    predecessors = { a = [], b = ["a"], c = ["b"], d = ["c", "a"], e = ["d"], f = ["e"], g = ["f", "b"], h = ["g"] }
  }

  assert {
    condition     = local.before_32["h"] == toset(["a", "b", "c", "d", "e", "f", "g"])
    error_message = "Everything before a job must be found, however far."
  }
}

run "refuses_an_unknown_predecessor" {
  command = plan
  module {
    source = "./modules/workflow"
  }
  variables {
    predecessors = { a = [], b = ["z"] }
  }
  expect_failures = [var.predecessors]
}
