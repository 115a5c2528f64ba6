-- What is owed is told apart by the currencies of the orders. Store credit is of the currency in which it was last given.

WITH owed AS (
    SELECT o.customer_id, o.currency, sum(p.amount_minor - p.captured_minor)::bigint AS minor
      FROM payment p JOIN orders o ON o.id = p.order_id
     WHERE p.method = 'invoice' AND p.amount_minor > p.captured_minor
  GROUP BY o.customer_id, o.currency
), given AS (
    SELECT DISTINCT ON (o.customer_id) o.customer_id, o.currency
      FROM refund r JOIN orders o ON o.id = r.order_id
     WHERE r.way = 'store_credit' AND r.status = 'done'
  ORDER BY o.customer_id, r.requested_at DESC
), kept AS (
    SELECT a.customer_id,
           CASE WHEN a.store_credit_minor > 0 THEN coalesce(given.currency, c.credit_currency)
                WHEN c.credit_limit_minor > 0 THEN c.credit_currency
                ELSE '' END AS currency
      FROM credit_account a JOIN customer c ON c.id = a.customer_id LEFT JOIN given ON given.customer_id = a.customer_id
)
UPDATE credit_account a
   SET currency = kept.currency,
       open_minor = coalesce(
           (SELECT minor FROM owed WHERE owed.customer_id = a.customer_id AND owed.currency = kept.currency), 0),
       others = coalesce(
           (SELECT jsonb_object_agg(owed.currency, owed.minor) FROM owed
             WHERE owed.customer_id = a.customer_id AND owed.currency <> kept.currency), '{}')
  FROM kept WHERE kept.customer_id = a.customer_id;
