"""The colours of Python code on the page of a program."""

from __future__ import annotations

from textual.highlight import HighlightTheme, TokenType

# By kind of token, as Pygments names them; a kind without a colour has that of the one it is of.
_STYLES: dict[TokenType, str] = {
    ("Comment",): "italic $text-quiet",
    ("Error",): "$error",
    ("Keyword",): "$code-keyword",
    ("Keyword", "Constant"): "$code-number",
    ("Literal", "Number"): "$code-number",
    ("Literal", "String"): "$code-string",
    ("Literal", "String", "Interpol"): "$foreground",
    ("Name", "Builtin"): "$code-function",
    ("Name", "Builtin", "Pseudo"): "italic",
    ("Name", "Class"): "bold $code-function",
    ("Name", "Decorator"): "$code-function",
    ("Name", "Function"): "bold $code-function",
    ("Operator", "Word"): "$code-keyword",
}


class CodeTheme(HighlightTheme):
    """One colour for all keywords and one for functions; names are plain.

    Nothing is underlined: on the page that is the mark of a word that is explained.
    """

    STYLES = _STYLES
