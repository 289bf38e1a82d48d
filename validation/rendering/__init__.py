"""A report as JSON, HTML, Markdown, JUnit XML and terminal text. Nothing here knows of AWS."""
