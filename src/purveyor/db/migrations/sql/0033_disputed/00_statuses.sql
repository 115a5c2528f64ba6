-- What a bank took back is disputed, not refunded.

UPDATE orders SET payment_status = 'disputed'
 WHERE captured_minor <> 0 AND refunded_minor <> 0 AND id IN (
    SELECT order_id FROM dispute WHERE status = 'open' OR (status = 'lost' AND amount_minor > recovered_minor)
);
