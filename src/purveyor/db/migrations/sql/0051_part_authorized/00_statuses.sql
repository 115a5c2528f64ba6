-- A bank holds less than is owed, as after an edit that made the order dearer: the rest is still to be paid.
UPDATE orders SET payment_status = 'part_authorized'
WHERE payment_status = 'authorized' AND authorized_minor < receivable_minor;
