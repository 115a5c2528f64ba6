"""What every answer over HTTP needs, whoever asks: bodies, cookies, errors, limits, paging."""
