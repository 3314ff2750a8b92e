-- Corrections belong to what an event says: a revision holds them, and they stay as they are.

CREATE TRIGGER correction_append_only BEFORE UPDATE OR DELETE ON events_correction
    FOR EACH ROW EXECUTE FUNCTION record_refuse();
CREATE TRIGGER correction_no_truncate BEFORE TRUNCATE ON events_correction
    EXECUTE FUNCTION record_refuse_truncate();
CREATE CONSTRAINT TRIGGER correction_revised AFTER INSERT ON events_correction
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION record_on_change();

ALTER FUNCTION record_snapshot(bigint) RENAME TO record_snapshot_without_corrections;

-- The time zone is fixed: the same event must give the same snapshot from every session.
CREATE FUNCTION record_snapshot(wanted bigint) RETURNS jsonb LANGUAGE sql STABLE
    SET timezone = 'UTC' AS $$
    SELECT record_snapshot_without_corrections(wanted) || CASE
        WHEN EXISTS (SELECT 1 FROM events_correction WHERE event_id = wanted) THEN
            jsonb_build_object('corrections', (
                SELECT jsonb_agg(to_jsonb(c) - 'event_id' ORDER BY c.id)
                FROM events_correction c WHERE c.event_id = wanted))
        ELSE '{}' END
$$;
