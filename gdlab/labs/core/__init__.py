"""How every lab works: scenes, controls, the driver, and what labs draw and say alike."""
