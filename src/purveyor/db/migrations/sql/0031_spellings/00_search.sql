-- Apostrophes and hyphens are many: phones type U+2019 for the one of a keyboard, word processors U+2011 for the other.
-- O'Hara, O’Hara and Ohara are one spelling, and so are all hyphens. The functions before stay for processes that are
-- not started again yet.
CREATE FUNCTION spelling(text text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN replace(replace(replace(replace(
        CASE WHEN octet_length(text) = char_length(text) THEN translate(lower(text), '''`', '')
             ELSE translate(
                 regexp_replace(
                     normalize(
                         translate(
                             lower(text),
                             U&'\2010\2011\2012\2013\2014\2015\2212\FE58\FE63\FF0D'
                             '''`\00AD\00B4\02B9\02BB\02BC\02BD\02BE\02BF\02C8\02CA\02CB'
                             '\2018\2019\201B\2032\2035\055A\05F3\A78C\FF07\FF40',
                             '----------'),
                         NFKD),
                     U&'[\0300-\036f]', '', 'g'),
                 'ßøłđıæœðþ', 'soldiaodt') END,
        'ae', 'a'), 'oe', 'o'), 'ue', 'u'), 'ss', 's');

-- A word as a pattern: found anywhere; where it is too short for an index of trigrams, at the beginning of a word.
CREATE FUNCTION spelling_pattern(word text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN CASE WHEN spelling(word) ~ '[[:alnum:]]{3}' THEN '%' ELSE '% ' END
        || regexp_replace(spelling(word), '([\\%_])', '\\\1', 'g') || '%';

CREATE FUNCTION contact_spelling(name text, company text, email text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ' ' || spelling(name || ' ' || company || ' ' || email);

CREATE FUNCTION product_spelling(sku text, name text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN ' ' || spelling(sku || ' ' || name);
