class LandingDataError(Exception):
    """Landing data could not be written; the message says why and what to do."""
