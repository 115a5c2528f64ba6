-- Seals over the journal: what its facts said when nothing could be added before them any more. Each holds the one before.

CREATE TABLE journal_seal (
    number bigint PRIMARY KEY,
    after_seq bigint NOT NULL,
    upto_seq bigint NOT NULL,
    facts bigint NOT NULL,
    hash bytea NOT NULL,
    marks bytea NOT NULL,
    sealed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT journal_seal_range CHECK (upto_seq > after_seq)
);

CREATE TRIGGER journal_seal_append_only BEFORE UPDATE OR DELETE ON journal_seal
FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER journal_seal_no_truncate BEFORE TRUNCATE ON journal_seal
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION fact_digest(fact journal) RETURNS bytea LANGUAGE sql STABLE PARALLEL SAFE
-- All that a fact says, whatever the session's time zone. Never changed: seals were made with it.
RETURN sha256(convert_to(concat_ws(
    '|', (fact).seq, (extract(epoch FROM (fact).recorded_at) * 1000000)::bigint,
    (extract(epoch FROM (fact).at) * 1000000)::bigint, coalesce((fact).order_id::text, ''), (fact).order_version,
    (fact).kind, (fact).kind_version, length((fact).actor), (fact).actor, length((fact).key), (fact).key, (fact).data
), 'UTF8'));
