"""All chapters, in the order of the stages."""

from __future__ import annotations

from purveyor.web.api import receipt
from purveyor.web.chapters import Chapter

CHAPTERS: tuple[Chapter, ...] = (receipt.CHAPTER,)
