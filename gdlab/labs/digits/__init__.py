"""Labs that train networks on the digits (chapter 15)."""
