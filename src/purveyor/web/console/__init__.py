"""The console: what staff sees and does, a file a stage."""
