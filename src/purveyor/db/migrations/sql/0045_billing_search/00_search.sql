-- Who pays is looked for as who receives is: by words of name, company and e-mail.
CREATE FUNCTION billing_folded(billing jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN contact_folded(
        coalesce(billing ->> 'name', ''), coalesce(billing ->> 'company', ''), coalesce(billing ->> 'email', '')
    );
