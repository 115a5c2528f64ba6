-- Lists by name stand as people look for them: apple, Äpfel, banana, Éclair, Zebra, whatever collations the server has
-- (the embedded one compares code points only). To be compared with COLLATE "C", so that every server gives one order.
CREATE FUNCTION name_order(name text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN octet_length(name) = char_length(name) THEN lower(name)
        ELSE replace(replace(replace(replace(
            translate(regexp_replace(normalize(lower(name), NFKD), '[\u0300-\u036f]', '', 'g'), 'øłđðı', 'olddi'),
            'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th') END;
