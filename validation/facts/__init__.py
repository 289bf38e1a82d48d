"""What AWS knows besides query results: the Data Catalog, objects, jobs. No judgement here."""
