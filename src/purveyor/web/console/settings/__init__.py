"""Policies, staff, API keys, webhooks and jobs."""
