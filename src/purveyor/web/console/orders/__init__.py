"""Lists of orders: filters, board, review, exports, prints."""
