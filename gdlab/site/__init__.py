"""The static edition: pages of plain HTML, and the formulas carried over to the browser."""
