"""Review decides whether an order is right and can be served: from which shelf, under which holds, how changed."""
