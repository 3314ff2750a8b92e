-- The rules that hold against every writer: Django, a bulk UPDATE, psql.
--
-- Session variables, all optional, say who changes the record and why:
--   record.by_id, record.by_name, record.reason   written into the Revision
--   record.minor = 'on'                           the change does not move last_changed_at

INSERT INTO events_edition (id, number, changed_at, xact) VALUES (1, 1, now(), '');

-- Append-only ------------------------------------------------------------------------------

CREATE FUNCTION record_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: its rows are kept for ever', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

-- TRUNCATE is refused too, save in a database that says it is for tests.
CREATE FUNCTION record_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('record.may_truncate', true), '') <> 'on' THEN
        RAISE EXCEPTION 'TRUNCATE on % is refused: its rows are kept for ever', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER decision_append_only BEFORE UPDATE OR DELETE ON events_decision
    FOR EACH ROW EXECUTE FUNCTION record_refuse();
CREATE TRIGGER revision_append_only BEFORE UPDATE OR DELETE ON events_revision
    FOR EACH ROW EXECUTE FUNCTION record_refuse();
CREATE TRIGGER event_kept BEFORE DELETE ON events_event
    FOR EACH ROW EXECUTE FUNCTION record_refuse();
CREATE TRIGGER event_public_id_kept BEFORE UPDATE OF public_id ON events_event
    FOR EACH ROW WHEN (OLD.public_id IS DISTINCT FROM NEW.public_id)
    EXECUTE FUNCTION record_refuse();
CREATE TRIGGER slug_kept BEFORE DELETE ON events_eventslug
    FOR EACH ROW EXECUTE FUNCTION record_refuse();
CREATE TRIGGER suggestion_kept BEFORE DELETE ON events_suggestion
    FOR EACH ROW EXECUTE FUNCTION record_refuse();
CREATE TRIGGER decision_no_truncate BEFORE TRUNCATE ON events_decision
    EXECUTE FUNCTION record_refuse_truncate();
CREATE TRIGGER revision_no_truncate BEFORE TRUNCATE ON events_revision
    EXECUTE FUNCTION record_refuse_truncate();
CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON events_event
    EXECUTE FUNCTION record_refuse_truncate();

-- The edition ------------------------------------------------------------------------------

-- Grows once per transaction, in that transaction.
CREATE FUNCTION record_bump_edition() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    current_xact text := pg_current_xact_id()::text;
    answer bigint;
BEGIN
    INSERT INTO events_edition (id, number, changed_at, xact)
        VALUES (1, 1, clock_timestamp(), '') ON CONFLICT (id) DO NOTHING;
    UPDATE events_edition SET number = number + 1, changed_at = clock_timestamp(),
        xact = current_xact WHERE id = 1 AND xact <> current_xact;
    SELECT number INTO answer FROM events_edition WHERE id = 1;
    RETURN answer;
END $$;

-- Revisions --------------------------------------------------------------------------------

-- A whole event as JSON: its own row and all rows that belong to it, in a fixed order.
CREATE FUNCTION record_snapshot(wanted bigint) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'event', to_jsonb(e) - '{last_changed_at,revision_number}'::text[],
        'dates', (SELECT coalesce(jsonb_agg(to_jsonb(d) - 'event_id' ORDER BY d.id), '[]')
                  FROM events_eventdate d WHERE d.event_id = e.id),
        'actors', (SELECT coalesce(jsonb_agg(to_jsonb(p) - 'event_id' ORDER BY p.id), '[]')
                   FROM events_participation p WHERE p.event_id = e.id),
        'relations', (SELECT coalesce(jsonb_agg(to_jsonb(r) - 'from_event_id' ORDER BY r.id), '[]')
                      FROM events_relation r WHERE r.from_event_id = e.id),
        'citations', (SELECT coalesce(jsonb_agg(to_jsonb(c) - '{event_id,claim_id}'::text[]
                                                ORDER BY c.id), '[]')
                      FROM events_citation c WHERE c.event_id = e.id),
        'claims', (SELECT coalesce(jsonb_agg(
                       (to_jsonb(k) - 'event_id') || jsonb_build_object('citations',
                           (SELECT coalesce(jsonb_agg(to_jsonb(c) - '{event_id,claim_id}'::text[]
                                                      ORDER BY c.id), '[]')
                            FROM events_citation c WHERE c.claim_id = k.id))
                       ORDER BY k.id), '[]')
                   FROM events_claim k WHERE k.event_id = e.id)
    )
    FROM events_event e WHERE e.id = wanted
$$;

-- Write a Revision when the event differs from its newest one; check what must hold at commit.
CREATE FUNCTION record_revise(wanted bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    e events_event%ROWTYPE;
    snapshot_now jsonb;
    newest events_revision%ROWTYPE;
    edition_now bigint;
    is_minor boolean := coalesce(current_setting('record.minor', true), '') = 'on';
BEGIN
    SELECT * INTO e FROM events_event WHERE id = wanted FOR UPDATE;
    IF NOT FOUND THEN RETURN; END IF;

    IF e.status = 'published'
       AND NOT EXISTS (SELECT 1 FROM events_citation WHERE event_id = wanted) THEN
        RAISE EXCEPTION 'event % is published without a citation', e.public_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'event_published_has_citation';
    END IF;

    snapshot_now := record_snapshot(wanted);
    SELECT * INTO newest FROM events_revision
        WHERE event_id = wanted ORDER BY number DESC LIMIT 1;
    IF newest.snapshot IS NOT DISTINCT FROM snapshot_now THEN RETURN; END IF;

    IF e.first_published_at IS NOT NULL THEN
        edition_now := record_bump_edition();
    END IF;
    INSERT INTO events_revision (event_id, number, at, by_id, by_name, reason, snapshot, edition)
    VALUES (
        wanted, coalesce(newest.number, 0) + 1, clock_timestamp(),
        nullif(current_setting('record.by_id', true), '')::bigint,
        coalesce(nullif(current_setting('record.by_name', true), ''), 'database: ' || session_user),
        coalesce(current_setting('record.reason', true), ''),
        snapshot_now, edition_now
    );
    UPDATE events_event SET
        revision_number = coalesce(newest.number, 0) + 1,
        last_changed_at = CASE
            WHEN first_published_at IS NULL THEN NULL
            WHEN last_changed_at IS NULL THEN first_published_at
            WHEN is_minor THEN last_changed_at
            ELSE clock_timestamp() END
    WHERE id = wanted;
    INSERT INTO events_eventslug (event_id, slug, created_at) VALUES (wanted, e.slug, now())
        ON CONFLICT (slug) DO NOTHING;
    IF NOT EXISTS (SELECT 1 FROM events_eventslug WHERE slug = e.slug AND event_id = wanted) THEN
        RAISE EXCEPTION 'slug % belonged to another event before', e.slug
            USING ERRCODE = 'unique_violation', CONSTRAINT = 'event_slug_never_reused';
    END IF;
END $$;

CREATE FUNCTION record_on_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[] := '{}';
    old_row jsonb := CASE WHEN TG_OP = 'INSERT' THEN '{}' ELSE to_jsonb(OLD) END;
    new_row jsonb := CASE WHEN TG_OP = 'DELETE' THEN '{}' ELSE to_jsonb(NEW) END;
    one_row jsonb;
    event bigint;
BEGIN
    FOREACH one_row IN ARRAY ARRAY[old_row, new_row] LOOP
        IF TG_TABLE_NAME = 'events_event' THEN
            touched := touched || (one_row ->> 'id')::bigint;
        ELSIF TG_TABLE_NAME = 'events_relation' THEN
            touched := touched || (one_row ->> 'from_event_id')::bigint;
        ELSE
            touched := touched || (one_row ->> 'event_id')::bigint;
        END IF;
        IF one_row ? 'claim_id' AND one_row ->> 'claim_id' IS NOT NULL THEN
            touched := touched
                || (SELECT event_id FROM events_claim WHERE id = (one_row ->> 'claim_id')::bigint);
        END IF;
    END LOOP;
    FOR event IN SELECT DISTINCT t FROM unnest(touched) AS t WHERE t IS NOT NULL ORDER BY t LOOP
        PERFORM record_revise(event);
    END LOOP;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER event_revised AFTER INSERT OR UPDATE ON events_event
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_on_change();
CREATE CONSTRAINT TRIGGER eventdate_revised AFTER INSERT OR UPDATE OR DELETE ON events_eventdate
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_on_change();
CREATE CONSTRAINT TRIGGER participation_revised
    AFTER INSERT OR UPDATE OR DELETE ON events_participation
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_on_change();
CREATE CONSTRAINT TRIGGER relation_revised AFTER INSERT OR UPDATE OR DELETE ON events_relation
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_on_change();
CREATE CONSTRAINT TRIGGER citation_revised AFTER INSERT OR UPDATE OR DELETE ON events_citation
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_on_change();
CREATE CONSTRAINT TRIGGER claim_revised AFTER INSERT OR UPDATE OR DELETE ON events_claim
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_on_change();

-- What public pages show of other tables also moves the edition ------------------------------

CREATE FUNCTION record_on_named_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM record_bump_edition();
    RETURN NULL;
END $$;

CREATE TRIGGER actor_edition AFTER UPDATE ON events_actor
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION record_on_named_change();
CREATE TRIGGER publisher_edition AFTER UPDATE ON events_publisher
    FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION record_on_named_change();

CREATE FUNCTION record_on_source_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM events_citation WHERE source_id = NEW.id) THEN
        PERFORM record_bump_edition();
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER source_edition
    AFTER UPDATE OF title, canonical_url, url, publisher_id, author, kind, lang, published,
        published_at, note, copy_of_id, link_state, archive_url, archive_state ON events_source
    FOR EACH ROW WHEN (
        (OLD.title, OLD.canonical_url, OLD.url, OLD.publisher_id, OLD.author, OLD.kind, OLD.lang,
         OLD.published, OLD.published_at, OLD.note, OLD.copy_of_id, OLD.link_state,
         OLD.archive_url, OLD.archive_state)
        IS DISTINCT FROM
        (NEW.title, NEW.canonical_url, NEW.url, NEW.publisher_id, NEW.author, NEW.kind, NEW.lang,
         NEW.published, NEW.published_at, NEW.note, NEW.copy_of_id, NEW.link_state,
         NEW.archive_url, NEW.archive_state)
    ) EXECUTE FUNCTION record_on_source_change();
