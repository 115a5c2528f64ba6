-- What nobody has paid is not paid: the debt was given up, or credited.

UPDATE orders SET payment_status = 'written_off'
 WHERE payment_status = 'paid' AND receivable_minor = 0 AND captured_minor < total_minor AND id IN (
    SELECT order_id FROM invoice WHERE written_off_minor > 0
);

UPDATE orders SET payment_status = 'none'
 WHERE payment_status = 'paid' AND captured_minor = 0 AND total_minor > 0 AND id NOT IN (
    SELECT order_id FROM payment WHERE method = 'store_credit' AND captured_minor > 0
);
