-- Whether a refund counts toward what one person gives in a day, and what a second person had agreed to.

ALTER TABLE refund ADD COLUMN counted boolean;
ALTER TABLE refund ADD COLUMN approval_id uuid;
