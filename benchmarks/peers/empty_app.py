"""An empty Textual app: one word, so that its first paint can be seen."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class EmptyApp(App[None]):
    """Shows one word."""

    def compose(self) -> ComposeResult:
        """Lay out the word."""
        yield Static("hello")


if __name__ == "__main__":
    EmptyApp().run()
