"""What every page of storefront, order page and console is made with: context, rendering, texts, forms, updates."""
