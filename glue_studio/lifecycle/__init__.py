"""A job's way: imported, published to AWS, read back, and held against its file."""
