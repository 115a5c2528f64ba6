-- What orders sum up to, where the rule has become another: nothing of a canceled order is unpaid or to be asked about,
-- and neither lost nor undeliverable parcels were delivered.
UPDATE orders SET payment_status = 'none'
 WHERE status = 'canceled' AND payment_status = 'unpaid' AND receivable_minor <= 0;

UPDATE orders SET stage = ''
 WHERE stage = 'feedback'
   AND NOT EXISTS (SELECT FROM line WHERE line.order_id = orders.id AND line.delivered > 0)
   AND NOT EXISTS (SELECT FROM survey WHERE survey.order_id = orders.id);

WITH back AS (
    SELECT t.order_id, (u ->> 'line_id')::uuid AS line_id, sum((u ->> 'quantity')::bigint) AS quantity
      FROM tracking t, jsonb_array_elements(t.contents) AS u
     WHERE t.status = 'returning' GROUP BY 1, 2
), counted AS (
    SELECT l.order_id, sum(l.quantity - l.canceled) AS live, sum(l.lost) AS lost, sum(l.shipped) AS shipped,
           sum(l.backordered) AS backordered, sum(l.delivered + l.returning + l.returned) AS had,
           sum(least(coalesce(b.quantity, 0), l.returning + l.returned)) AS undelivered
      FROM line l LEFT JOIN back b ON b.line_id = l.id
  GROUP BY l.order_id
)
UPDATE orders SET fulfillment_status = CASE
           WHEN c.had - c.undelivered > 0 THEN 'part_delivered'
           WHEN c.lost + c.undelivered = c.live THEN CASE WHEN c.lost > 0 THEN 'lost' ELSE 'returned_to_sender' END
           WHEN c.lost + c.undelivered + c.shipped = c.live THEN 'shipped'
           ELSE 'part_shipped' END
  FROM counted c
 WHERE c.order_id = orders.id AND c.lost + c.undelivered > 0 AND c.live > 0;

-- Last, because it locks the table until the end: a parcel may wait in a parcel shop.
-- squawk-ignore ban-drop-constraint
ALTER TABLE tracking DROP CONSTRAINT tracking_status;
ALTER TABLE tracking ADD CONSTRAINT tracking_status CHECK (
    status IN (
        'expected', 'in_transit', 'out_for_delivery', 'at_pickup_point', 'failed_attempt', 'delivered', 'returning',
        'lost'
    )
) NOT VALID;
