-- What readers can search for, kept by the database so that no change of an event escapes it.
--
-- The server has neither pg_trgm nor unaccent nor a Chinese parser, so text is prepared here:
-- accents are folded, hyphens separate words (the default parser reads "GPT-4" as gpt and -4),
-- and every run of Chinese, Japanese or Korean becomes its overlapping pairs of characters,
-- which a phrase search puts together again. timeline/search.py prepares queries the same way.
--
-- Weights: A names as they are written (also the vocabulary of spelling help), B the same and
-- the title, stemmed, C the summary, D claims, sources and their publishers.

CREATE FUNCTION record_words(raw text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    plain text := normalize(
        regexp_replace(normalize(coalesce(raw, ''), NFKD), '[\u0300-\u036f]', '', 'g'), NFC);
    cjk constant text := '[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]+';
    pairs text := '';
    run text;
BEGIN
    plain := translate(plain, '-‐‑–—_/', '       ');
    IF plain !~ cjk THEN RETURN plain; END IF;
    FOR run IN SELECT m[1] FROM regexp_matches(plain, '(' || cjk || ')', 'g') AS m LOOP
        FOR i IN 1 .. length(run) - 1 LOOP
            pairs := pairs || ' ' || substr(run, i, 2);
        END LOOP;
        -- Single characters too; they also keep a phrase from reaching into the next run.
        FOR i IN 1 .. length(run) LOOP
            pairs := pairs || ' ' || substr(run, i, 1);
        END LOOP;
    END LOOP;
    RETURN regexp_replace(plain, cjk, ' ', 'g') || pairs;
END $$;

CREATE FUNCTION record_document(wanted bigint) RETURNS tsvector LANGUAGE sql STABLE AS $$
    WITH named AS (
        SELECT record_words(string_agg(concat_ws(' ', a.name, array_to_string(a.aliases, ' ')), ' ')) AS names
        FROM events_participation p JOIN events_actor a ON a.id = p.actor_id
        WHERE p.event_id = wanted
    ), cited AS (
        SELECT record_words(string_agg(concat_ws(' ', s.title, s.author, pub.name), ' ')) AS sources
        FROM events_citation c JOIN events_source s ON s.id = c.source_id
            LEFT JOIN events_publisher pub ON pub.id = s.publisher_id
        WHERE c.event_id = wanted
    ), claimed AS (
        SELECT record_words(string_agg(concat_ws(' ', k.text, k.said_by), ' ')) AS claims
        FROM events_claim k WHERE k.event_id = wanted
    )
    SELECT setweight(to_tsvector('simple', concat_ws(' ', record_words(e.title), names,
                                                     record_words(array_to_string(e.tags, ' ')))), 'A')
        || setweight(to_tsvector('english', concat_ws(' ', record_words(e.title), names,
                                                      record_words(array_to_string(e.tags, ' ')))), 'B')
        || setweight(to_tsvector('english', record_words(e.summary)), 'C')
        || setweight(to_tsvector('english', concat_ws(' ', claims, sources)), 'D')
    FROM events_event e, named, cited, claimed WHERE e.id = wanted
$$;

CREATE FUNCTION record_index(wanted bigint[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO events_eventsearch (event_id, document)
        SELECT id, record_document(id) FROM unnest(wanted) AS id
        ON CONFLICT (event_id) DO UPDATE SET document = excluded.document
        WHERE events_eventsearch.document IS DISTINCT FROM excluded.document
$$;

-- A revision is written for every change of an event and of what belongs to it.
CREATE FUNCTION record_index_on_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM record_index(ARRAY[NEW.event_id]);
    RETURN NULL;
END $$;
CREATE TRIGGER revision_indexed AFTER INSERT ON events_revision
    FOR EACH ROW EXECUTE FUNCTION record_index_on_revision();

CREATE FUNCTION record_index_on_actor() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM record_index(array_agg(event_id)) FROM events_participation WHERE actor_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER actor_indexed AFTER UPDATE OF name, aliases ON events_actor
    FOR EACH ROW WHEN ((OLD.name, OLD.aliases) IS DISTINCT FROM (NEW.name, NEW.aliases))
    EXECUTE FUNCTION record_index_on_actor();

CREATE FUNCTION record_index_on_source() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM record_index(array_agg(event_id)) FROM events_citation
        WHERE source_id = NEW.id AND event_id IS NOT NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER source_indexed AFTER UPDATE OF title, author, publisher_id ON events_source
    FOR EACH ROW WHEN ((OLD.title, OLD.author, OLD.publisher_id)
                       IS DISTINCT FROM (NEW.title, NEW.author, NEW.publisher_id))
    EXECUTE FUNCTION record_index_on_source();

SELECT record_index(array_agg(id)) FROM events_event;
