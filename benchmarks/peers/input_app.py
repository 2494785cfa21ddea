"""A Textual app with one field to type into."""

from textual.app import App, ComposeResult
from textual.widgets import Input


class InputApp(App[None]):
    """Shows a field."""

    def compose(self) -> ComposeResult:
        """Lay out the field."""
        yield Input("0", select_on_focus=False)


if __name__ == "__main__":
    InputApp().run()
