-- Which units come back in a parcel: those of a line may be in several parcels, and in the hands of customers. The row is
-- filled as a replay of the journal would fill it: by the last fact that says so. Column and rows come in one transaction,
-- for a process that reads the one without the other would move units that it should not; parcels on their way back are few.
ALTER TABLE tracking ADD COLUMN coming_back jsonb NOT NULL DEFAULT '[]';

UPDATE tracking SET coming_back = told.contents
  FROM (
      SELECT DISTINCT ON (fact.shipment_id) fact.shipment_id, fact.contents
        FROM tracking AS back
       CROSS JOIN LATERAL (
           SELECT (j.data ->> 'shipment_id')::uuid AS shipment_id, j.data -> 'contents' AS contents, j.seq
             FROM journal AS j
            WHERE j.order_id = back.order_id AND j.kind = 'delivery.shipment_returned_to_sender'
       ) AS fact
       WHERE back.status = 'returning' AND fact.shipment_id = back.shipment_id
    ORDER BY fact.shipment_id, fact.seq DESC
  ) AS told
 WHERE tracking.shipment_id = told.shipment_id;
