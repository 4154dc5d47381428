"""What can be measured on runs and surfaces: rates, tuning, basins, chaos, curvature, costs."""
