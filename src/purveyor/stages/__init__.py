"""The eleven stages. They do not import each other: what one means for another stands in `purveyor.flow`."""
