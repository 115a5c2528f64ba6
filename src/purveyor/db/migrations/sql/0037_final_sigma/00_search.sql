-- Greek writes sigma in another way at the end of a word: in capitals there is one, so both are one here. As before, the
-- functions are new ones: an index tells what its function said when it was built, and running processes use it.
CREATE FUNCTION folded(text text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN octet_length(text) = char_length(text) THEN spelling(text)
                ELSE replace(spelling(text), U&'\03C2', U&'\03C3') END;

CREATE FUNCTION folded_pattern(word text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN folded(word) ~ '[[:alnum:]]{3}' THEN '%' ELSE '% ' END
        || regexp_replace(folded(word), '([\\%_])', '\\\1', 'g') || '%';

CREATE FUNCTION contact_folded(name text, company text, email text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ' ' || folded(name || ' ' || company || ' ' || email);

CREATE FUNCTION product_folded(sku text, name text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ' ' || folded(sku || ' ' || name);
