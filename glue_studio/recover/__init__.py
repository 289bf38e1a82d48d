"""From a generated script back to the visual graph that it lost.

Needs the text of a script, which is parsed and never run. Gives the job, whether it generates the
very script again, and notes on what is not as it was.
"""

from glue_studio.recover.reader import Recovery, recover, recover_with_notes

__all__ = ["Recovery", "recover", "recover_with_notes"]
