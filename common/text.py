"""Text from files made safe to show: a name in it must not steer a terminal or hide a change."""

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
    code = ord(character)
    if unicodedata.category(character) not in _HIDDEN and not _is_noncharacter(code):
        return character
    if code <= 0xFF:  # noqa: PLR2004 - the last code that \x can write
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - same for \u


def _is_noncharacter(code: int) -> bool:
    """Whether a code point is one that Unicode keeps for no character, which XML forbids."""
    return code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF  # noqa: PLR2004 - Unicode, 23.7
