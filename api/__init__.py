"""The doors: HTTP, command line and web pages. They parse, call and shape; no geometry and no SQL."""
