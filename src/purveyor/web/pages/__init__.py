"""What every page of storefront, order page and console is made with: visit, rendering, texts, forms, live events."""
