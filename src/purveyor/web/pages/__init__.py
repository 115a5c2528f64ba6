"""What every page of storefront, order page and console is made with: request context, rendering, texts, forms, live events."""
