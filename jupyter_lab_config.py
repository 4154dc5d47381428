"""JupyterLab for this course: it opens on the first chapter, asks nothing, looks nothing up."""

c = get_config()  # noqa: F821  (JupyterLab provides it)

ANNOUNCEMENTS = "@jupyterlab/apputils-extension:announcements"


def without_announcements(handler, page):
    """No question about news at the first start, and no request leaves the machine."""
    return page | {"disabledExtensions": [*page["disabledExtensions"], ANNOUNCEMENTS]}


WIDGET = "application/vnd.jupyter.widget-view+json"


def without_widget_views(model, **_):
    """Save what a lab looked like, not which lab it was: tomorrow's kernel knows none of today's.

    JupyterLab would show “Error displaying widget” in place of the picture that lies beside it.
    """
    cells = model["content"]["cells"] if model["type"] == "notebook" else []
    for output in (output for cell in cells for output in cell.get("outputs", ())):
        if len(output.get("data", ())) > 1:
            output["data"].pop(WIDGET, None)


c.LabApp.default_url = "/lab/tree/notebooks/00_start_here.ipynb"
c.ServerApp.tornado_settings = {
    "page_config_hook": without_announcements,
    # The server's own default is longer than tornado allows, which it says at every start.
    "ws_ping_timeout": 30_000,
}
c.FileContentsManager.pre_save_hook = without_widget_views
# In a container everybody is root. The server listens on this machine only and wants its token.
c.ServerApp.allow_root = True
# Kernels warn in the terminal when what is said to them travels unencrypted, even at home.
c.KernelManager.transport_encryption = "auto"
