"""What holds for every test of the project.

nbval runs the chapters as a reader does: a semicolon at the end of a cell hides its value.
By itself it leaves what it runs out of the kernel's history, and that is where IPython looks
for the semicolon (https://github.com/computationalmodelling/nbval/issues/194).
"""

import os

import pytest
from nbval.kernel import RunningKernel


def execute_with_history(kernel, source, allow_stdin=None):
    return kernel.kc.execute(source, allow_stdin=allow_stdin, stop_on_error=False)


# Nobody's own progress is read or written by a test; kernels inherit this.
os.environ["GDLAB_PROGRESS"] = "off"

RunningKernel.execute_cell_input = execute_with_history


def pytest_collection_modifyitems(items):
    """A real browser on a busy machine may be late: its tests fail when they fail three times."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=2))
