variable "database" {
  description = "Name of the Data Catalog database."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]{0,254}$", var.database))
    error_message = "A database name must be lower-case letters, digits and underscores, and start with a letter: the Data Catalog and Athena agree on no others."
  }
}

variable "description" {
  description = "What the database holds."
  type        = string
  default     = "Tables that Terraform defines."
  nullable    = false
}

variable "tables" {
  description = "Tables by name: format (json or parquet), location (an S3 URI that ends in /) and columns with Hive types."
  type = map(object({
    description = optional(string)
    format      = string
    location    = string
    columns = list(object({
      name    = string
      type    = string
      comment = optional(string)
    }))
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for table in var.tables : contains(["json", "parquet"], table.format)])
    error_message = "A table's format must be json or parquet."
  }
  validation {
    condition     = alltrue([for name, table in var.tables : endswith(table.location, "/${name}/")])
    error_message = "A table's location must end in /<table>/: two tables must not share files."
  }
  validation {
    condition     = alltrue([for name in keys(var.tables) : can(regex("^[a-z][a-z0-9_]{0,254}$", name))])
    error_message = "A table name must be lower-case letters, digits and underscores, and start with a letter."
  }
  validation {
    condition     = alltrue([for table in var.tables : length(table.columns) > 0 && alltrue([for column in table.columns : can(regex("^[a-z_][a-z0-9_]*$", column.name))])])
    error_message = "A table must have columns, and their names must be lower-case letters, digits and underscores: the Data Catalog lower-cases names."
  }
  validation {
    condition     = alltrue([for table in var.tables : length(distinct(table.columns[*].name)) == length(table.columns)])
    error_message = "A table must not have two columns of one name."
  }
}

variable "views" {
  description = "Athena views by name: the query (a SELECT) and the columns it gives, with Hive types."
  type = map(object({
    description = optional(string)
    sql         = string
    columns = list(object({
      name    = string
      type    = string
      comment = optional(string)
    }))
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for view in var.views : can(regex("(?i)^(\\s|--[^\\n]*\\n)*(SELECT|WITH)\\s", view.sql)) && !endswith(trimspace(view.sql), ";")])
    error_message = "A view's SQL must be a query that begins with SELECT or WITH (comments may stand before it) and has no semicolon at the end."
  }
  # Athena's names of types differ from Hive's, and only these are translated here.
  validation {
    condition     = alltrue(flatten([for view in var.views : [for column in view.columns : contains(["bigint", "boolean", "date", "double", "int", "string", "timestamp"], column.type)]]))
    error_message = "A view's columns must be of type bigint, boolean, date, double, int, string or timestamp."
  }
}
