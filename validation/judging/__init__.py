"""Facts in, check results out: pure functions, one module for each kind of check."""
