"""The moving picture: Matplotlib paints the scenery once, the browser moves the actors."""

from gdlab.stage.stage import Stage, script, with_picture

__all__ = ["Stage", "script", "with_picture"]
