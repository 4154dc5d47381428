"""JupyterLab for this course: it opens on the first chapter, asks nothing, looks nothing up."""

c = get_config()  # noqa: F821  (JupyterLab provides it)

c.LabApp.default_url = "/lab/tree/notebooks/00_start_here.ipynb"
# No question about news at the first start, and no request leaves the machine: works offline.
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
