"""Purveyor carries an order, stage by stage, from receipt to feedback."""

from importlib.metadata import version

__version__ = version("purveyor")
