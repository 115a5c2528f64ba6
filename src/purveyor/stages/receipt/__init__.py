"""Receipt decides whether an order comes in, once, with prices, taxes and discounts frozen to the cent."""
