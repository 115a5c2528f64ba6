"""`python -m purveyor` is `purveyor`."""

from purveyor.cli import main

main()
