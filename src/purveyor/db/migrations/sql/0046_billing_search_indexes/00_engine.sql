-- Few orders are billed elsewhere: these indexes hold them alone.
CREATE INDEX CONCURRENTLY IF NOT EXISTS contact_billing_folded
    ON contact USING gin (billing_folded(billing) gin_trgm_ops) WHERE billing IS NOT NULL;
CREATE INDEX CONCURRENTLY IF NOT EXISTS contact_billing_newest ON contact (id) WHERE billing IS NOT NULL;
CREATE INDEX CONCURRENTLY IF NOT EXISTS contact_billing_email
    ON contact (lower(billing ->> 'email') text_pattern_ops) WHERE billing IS NOT NULL;
CREATE INDEX CONCURRENTLY IF NOT EXISTS contact_billing_phone
    ON contact ((billing ->> 'phone') text_pattern_ops) WHERE billing IS NOT NULL;
