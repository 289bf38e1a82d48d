variable "name" {
  description = "Name of the workflow, and first part of its triggers' names."
  type        = string
}

variable "description" {
  description = "What the workflow makes."
  type        = string
  default     = "Runs jobs, each after those whose tables it reads."
  nullable    = false
}

variable "predecessors" {
  description = "For each job, the jobs that must have succeeded before it starts."
  type        = map(set(string))

  validation {
    condition     = alltrue(flatten([for job, jobs in var.predecessors : [for other in jobs : contains(keys(var.predecessors), other) && other != job]]))
    error_message = "A predecessor must be another job of the workflow."
  }
}

variable "job_names" {
  description = "Name of each job, where it must be waited for; by default the key in predecessors."
  type        = map(string)
  default     = {}
  nullable    = false
}

variable "schedule" {
  description = "When the workflow starts by itself, as a cron expression of Glue's, such as `cron(0 5 * * ? *)`; UTC. By default never."
  type        = string
  default     = null

  validation {
    condition     = var.schedule == null || can(regex("^cron\\(\\S+( \\S+){5}\\)$", var.schedule))
    error_message = "schedule must be a cron expression of six fields: cron(<minutes> <hours> <day of month> <month> <day of week> <year>)."
  }
}

variable "tags" {
  description = "Tags of workflow and triggers."
  type        = map(string)
  default     = {}
  nullable    = false
}
