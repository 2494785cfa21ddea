"""The colours of Python code on the page of a program."""

from __future__ import annotations

from typing import ClassVar

from pygments.token import Token
from textual.highlight import HighlightTheme, TokenType


class CodeTheme(HighlightTheme):
    """One colour for all keywords and one for functions; names are plain.

    Nothing is underlined: on the page that is the mark of a word that is explained.
    """

    STYLES: ClassVar[dict[TokenType, str]] = {
        Token.Comment: "italic $text-quiet",
        Token.Error: "$error",
        Token.Keyword: "$code-keyword",
        Token.Keyword.Constant: "$code-number",
        Token.Literal.Number: "$code-number",
        Token.Literal.String: "$code-string",
        Token.Literal.String.Interpol: "$foreground",
        Token.Name.Builtin: "$code-function",
        Token.Name.Builtin.Pseudo: "italic",
        Token.Name.Class: "bold $code-function",
        Token.Name.Decorator: "$code-function",
        Token.Name.Function: "bold $code-function",
        Token.Operator.Word: "$code-keyword",
    }
