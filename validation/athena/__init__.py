"""Athena: many questions in few queries, run together with deadlines, through awswrangler."""
