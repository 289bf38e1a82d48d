"""Text from job files made safe to show: a job's name must not steer a terminal or hide a change."""

import unicodedata


def printable(text: str) -> str:
    """One line of `text`: control and invisible formatting characters become escapes."""
    return "".join(_shown(character) for character in text)


def printable_lines(text: str) -> str:
    """The same for text of several lines, whose line breaks and tabs stay."""
    return "".join(character if character in "\n\t" else _shown(character) for character in text)


# Cc: terminal control. Cf: bidirectional overrides and zero-width characters, which make one text
# look like another. Cs: lone surrogates, which no encoding can write. Zl, Zp: line breaks.
_HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def _shown(character: str) -> str:
    if unicodedata.category(character) not in _HIDDEN:
        return character
    code = ord(character)
    if code <= 0xFF:  # noqa: PLR2004 - the last code that \x can write
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - same for \u
