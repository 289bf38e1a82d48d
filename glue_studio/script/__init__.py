"""The script that Glue Studio would write for a graph: its header, its nodes and their order."""
