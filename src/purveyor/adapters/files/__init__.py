"""Files that downloads hand out."""
