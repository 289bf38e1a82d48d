variable "name" {
  description = "Name of the workflow, and first part of its triggers' names."
  type        = string
}

variable "description" {
  description = "What the workflow makes."
  type        = string
}

variable "predecessors" {
  description = "For each job, the jobs that must have succeeded before it starts."
  type        = map(set(string))

  validation {
    condition     = alltrue(flatten([for job, jobs in var.predecessors : [for other in jobs : contains(keys(var.predecessors), other) && other != job]]))
    error_message = "A predecessor must be another job of the workflow."
  }
}
