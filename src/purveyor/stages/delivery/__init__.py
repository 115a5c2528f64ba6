"""Delivery decides when the customer has it: parcel, counter, download, license, access or installation."""
