"""What customers are promised, in their words: whole orders through the real house and database, the outside played."""
