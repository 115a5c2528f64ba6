-- A parcel that came back and was delivered after all may come back again: one return of it is open at a time, not one
-- for ever.
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS rma_of_shipment_not_canceled
    ON rma (shipment_id) WHERE shipment_id IS NOT NULL AND status <> 'canceled';
DROP INDEX CONCURRENTLY IF EXISTS rma_of_shipment;
