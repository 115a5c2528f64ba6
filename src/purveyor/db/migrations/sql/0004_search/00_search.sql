-- What people type finds what they mean: any part of a name, a company or an e-mail, in any case, with or without
-- accents. pg_trgm comes with every PostgreSQL, the embedded one too; whoever owns the database may switch it on.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- One spelling for all: lower case, no accents; ae, oe, ue and ss as in Mueller and Strauss count as one letter.
-- Most texts are ASCII and take the short way, because every order that is placed goes through here.
CREATE FUNCTION search_fold(text text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN replace(replace(replace(replace(
        CASE WHEN octet_length(text) = char_length(text) THEN lower(text)
             ELSE translate(regexp_replace(normalize(lower(text), NFKD), '[\u0300-\u036f]', '', 'g'),
                            'ßøłđıæœðþ', 'soldiaodt') END,
        'ae', 'a'), 'oe', 'o'), 'ue', 'u'), 'ss', 's');

-- A word as a pattern: found anywhere; where it is too short for an index of trigrams, at the beginning of a word.
CREATE FUNCTION search_pattern(word text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN search_fold(word) ~ '[[:alnum:]]{3}' THEN '%' ELSE '% ' END
        || regexp_replace(search_fold(word), '([\\%_])', '\\\1', 'g') || '%';

CREATE FUNCTION contact_words(name text, company text, email text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ' ' || search_fold(name || ' ' || company || ' ' || email);

CREATE FUNCTION product_names(sku text, name text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ' ' || search_fold(sku || ' ' || name);
