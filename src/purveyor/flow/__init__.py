"""The life of an order: which fact leads to which commands and jobs. A module a stage of the fact.

Commands that follow run in the same transaction as the fact, so no order is ever stuck between two steps. Jobs are
enqueued in it and run afterwards. Every function is a sentence: reading them stage by stage is reading the business.
`docs/flow.md` has them all in one table.

The handlers of a fact run in the order in which they are registered: that of `MODULES`, and in a module from the top.
"""

MODULES = (
    "receipt",
    "review",
    "confirmation",
    "payment",
    "picking",
    "packing",
    "shipping",
    "delivery",
    "support",
    "returns",
    "feedback",
    "records",
    "closing",
)
