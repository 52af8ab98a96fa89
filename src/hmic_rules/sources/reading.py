"""A plain-text document from its bytes: which encoding it is in, and whether it is text at all."""

from __future__ import annotations

import codecs
import re
from typing import Final

from attrs import frozen

from hmic_rules.errors import Diagnostic, InputError, Span

__all__ = ["LINE_BREAK", "PlainText", "read_text"]

MAX_BYTES: Final = 8 * 1024 * 1024
LINE_BREAK: Final = re.compile(r"\r\n|[\n\r]")
OTHERS: Final = (
    (b"%PDF", "this is a PDF", "save its text first, for example with `pdftotext -layout`"),
    (b"PK\x03\x04", "this is a packed file, such as a Word document", "save it as plain text first"),
    (b"\xd0\xcf\x11\xe0", "this is an old Word document", "save it as plain text first"),
    (b"{\\rtf", "this is rich text", "save it as plain text first"),
)
AS_UTF8: Final = "save it as plain text in UTF-8"
MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@frozen
class PlainText:
    """A text with the encoding that it was read from."""

    text: str
    encoding: str


def read_text(data: bytes, file: str) -> PlainText:
    """The text of a document.

    It is UTF-8, with or without a byte order mark, or UTF-16 or UTF-32 with one; what is none of these is read as Windows-1252, where every byte
    is a character of it. Lines may end in LF, CR LF or CR.

    Args:
        data: the bytes of the file.
        file: how it is called in messages.

    Raises:
        InputError: it is empty, of more than 8 MB, or no text.

    """
    for start, problem, help in OTHERS:
        if data.startswith(start):
            raise _refused(file, f"{problem}, and plain text is wanted", help, "kind")
    if len(data) > MAX_BYTES:
        raise _refused(file, f"more than {MAX_BYTES:,} bytes", "give the text of one document alone", "too-large")
    text, encoding = _decoded(data, file)
    if "\0" in text:
        place = text.index("\0")
        raise _refused(file, "a byte of zero: this is no plain text", AS_UTF8, "encoding", _place(text, place))
    if not text.strip():
        raise _refused(file, "the document is empty", "a scan has no text until it has been recognised", "empty")
    return PlainText(text, encoding)


def _decoded(data: bytes, file: str) -> tuple[str, str]:
    for mark, encoding in MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding), encoding.removesuffix("-sig")
            except UnicodeDecodeError:
                raise _refused(file, f"starts as {encoding} and is not", AS_UTF8, "encoding") from None
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        wrong = error.start
    try:
        return data.decode("cp1252"), "cp1252"
    except UnicodeDecodeError:
        place = _place(data[:wrong].decode("utf-8"), wrong)
        raise _refused(file, "neither UTF-8 nor Windows-1252", AS_UTF8, "encoding", place) from None


def _place(text: str, end: int) -> tuple[int, int]:
    """The line and the column, from 1, of what follows so many characters."""
    before = LINE_BREAK.split(text[:end])
    return len(before), len(before[-1]) + 1


def _refused(file: str, problem: str, help: str, code: str, place: tuple[int, int] = (1, 1)) -> InputError:
    return InputError([Diagnostic(Span(file, *place), problem, help, code)])
