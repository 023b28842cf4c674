"""Full-text search over statements; views that join ids to names."""

from alembic import op

revision = "0007"
down_revision = "0006"

SQLITE_INDEX = (
    """
    CREATE VIRTUAL TABLE statement_text USING fts5(
        text, content="statement", content_rowid="id", tokenize="unicode61 remove_diacritics 2"
    )
    """,
    # FTS5 must be told the old words: by triggers, so that no way of changing a text is forgotten.
    # New statements come in bulk (db.search.fill_index); one that is not indexed yet is left to that.
    """
    CREATE TRIGGER statement_text_changed AFTER UPDATE OF text ON statement
    WHEN EXISTS (SELECT 1 FROM statement_text_docsize WHERE id = old.id)
    BEGIN
        INSERT INTO statement_text (statement_text, rowid, text) VALUES ('delete', old.id, old.text);
        INSERT INTO statement_text (rowid, text) VALUES (new.id, new.text);
    END
    """,
    """
    CREATE TRIGGER statement_text_gone AFTER DELETE ON statement
    WHEN EXISTS (SELECT 1 FROM statement_text_docsize WHERE id = old.id)
    BEGIN
        INSERT INTO statement_text (statement_text, rowid, text) VALUES ('delete', old.id, old.text);
    END
    """,
    "INSERT INTO statement_text (statement_text) VALUES ('rebuild')",
)

POSTGRESQL_INDEX = (
    # The expression of db.search.matching.WORDS, to the letter: else the server would not use the index.
    "CREATE INDEX ix_statement_words ON statement USING gin (to_tsvector('simple', regexp_replace("
    "regexp_replace(normalize(left(statement.text, 100000), NFD), '[\\u0300-\\u036f]', '', 'g'),"
    " '[\\u0001-\\u002f\\u003a-\\u0040\\u005b-\\u0060\\u007b-\\u00a9\\u00ab-\\u00b1\\u00b4\\u00b6-\\u00b8"
    "\\u00bb\\u00bf\\u00d7\\u00f7\\u2000-\\u206f\\u3000-\\u3003]+', ' ', 'g')))",
)

_SINCE = "(strftime('%s', s.published_at) - strftime('%s', ct.declared_at))"
_MINUTES = {
    # SQLite cuts integers towards zero: minutes are rounded down before they are.
    "sqlite": f"({_SINCE} - (({_SINCE} % 60) + 60) % 60) / 60",
    "postgresql": "CAST(floor(extract(epoch FROM s.published_at - ct.declared_at) / 60) AS INTEGER)",
}
_DAYS = {
    "sqlite": "CAST(julianday(date(s.published_at)) - julianday(e.polling_date) AS INTEGER)",
    "postgresql": "(CAST(s.published_at AT TIME ZONE 'UTC' AS DATE) - e.polling_date)",
}
_STRENGTH = {"sqlite": "json_extract(v.value, '$.strength')", "postgresql": "v.value ->> 'strength'"}
_SCOPE = {"sqlite": "json_extract(v.value, '$.scope')", "postgresql": "v.value ->> 'scope'"}

HANDLE = """
    (SELECT h.handle FROM account_handle AS h WHERE h.account_id = {account}
     ORDER BY CASE WHEN h.valid_to IS NULL THEN 0 ELSE 1 END, h.id DESC LIMIT 1)
"""

NEWEST_READINGS = """
    CREATE VIEW newest_readings AS
    SELECT r.id AS reading_id, r.statement_id, r.method, r.lang AS language, r.unscored,
           w.score AS sentiment, w.label, w.confidence, w.method AS sentiment_method, r.read_at
    FROM reading AS r
    JOIN statement AS s ON s.id = r.statement_id AND s.text_sha256 = r.text_sha256
    LEFT JOIN rating AS w ON w.reading_id = r.id AND w.target_id IS NULL
    WHERE NOT EXISTS (
        SELECT 1 FROM reading AS later
        WHERE later.statement_id = r.statement_id AND later.text_sha256 = r.text_sha256
          AND (later.read_at > r.read_at OR (later.read_at = r.read_at AND later.id > r.id))
    )
"""

CANDIDATES_AND_RESULTS = """
    CREATE VIEW candidates_and_results AS
    SELECT c.id AS candidacy_id, e.id AS election_id, e.name AS election, e.polling_date,
           ct.id AS contest_id, ct.name AS contest, p.id AS person_id, p.name AS candidate,
           c.party_id, COALESCE(c.ballot_label, pa.name) AS party, c.status, c.incumbent, c.votes, c.share,
           c.change, c.elected, ct.declared_at, COALESCE(ct.declared_zone, e.time_zone) AS time_zone,
           ct.valid_votes, ct.majority, ct.result_summary
    FROM candidacy AS c
    JOIN person AS p ON p.id = c.person_id
    JOIN contest AS ct ON ct.id = c.contest_id
    JOIN election AS e ON e.id = ct.election_id
    LEFT JOIN party AS pa ON pa.id = c.party_id
"""

STATEMENTS_WITH_AUTHORS = """
    CREATE VIEW statements_with_authors AS
    SELECT s.id AS statement_id, s.platform || ':' || s.post_id AS address, s.platform,
           p.id AS person_id, COALESCE(p.name, s.attribution_text) AS author, {handle} AS handle,
           s.published_at, s.published_precision, s.text, s.url, s.channel, s.reply_to, s.repost_of,
           (SELECT count(*) FROM statement_version AS v WHERE v.statement_id = s.id) AS earlier_texts,
           (SELECT o.state FROM observation AS o WHERE o.statement_id = s.id
            ORDER BY o.observed_at DESC, o.id DESC LIMIT 1) AS last_seen_as,
           s.first_seen_at
    FROM statement AS s
    LEFT JOIN account AS a ON a.id = s.account_id
    LEFT JOIN person AS p ON p.id = COALESCE(s.person_id, a.person_id)
"""

STATEMENTS_AND_RESULTS = """
    CREATE VIEW statements_and_results AS
    SELECT s.id AS statement_id, s.platform || ':' || s.post_id AS address, p.id AS person_id,
           p.name AS author, COALESCE(c.ballot_label, pa.name) AS party, c.party_id, e.id AS election_id,
           ct.id AS contest_id, ct.name AS contest, c.elected, c.votes, c.share, s.published_at,
           COALESCE(ct.declared_zone, e.time_zone) AS time_zone, {days} AS days_from_polling,
           CASE WHEN s.published_precision <> 'day' AND ct.declared_precision <> 'day'
                THEN ({minutes}) END AS minutes_from_declaration,
           s.text, s.url
    FROM statement AS s
    LEFT JOIN account AS a ON a.id = s.account_id
    JOIN candidacy AS c ON c.person_id = COALESCE(s.person_id, a.person_id)
    JOIN person AS p ON p.id = c.person_id
    JOIN contest AS ct ON ct.id = c.contest_id
    JOIN election AS e ON e.id = ct.election_id
    LEFT JOIN party AS pa ON pa.id = c.party_id
    WHERE {days} BETWEEN -42 AND 14
"""

TARGETS_WITH_RATINGS = """
    CREATE VIEW targets_with_ratings AS
    SELECT t.id AS target_id, n.statement_id, s.platform || ':' || s.post_id AS address,
           COALESCE(ap.name, s.attribution_text) AS author, s.published_at, t.who, t.mention, t.type,
           t.basis, t.person_id, tp.name AS person, t.party_id, pa.name AS party, x.score AS sentiment,
           x.label, x.confidence, x.method AS sentiment_method,
           (SELECT v.verdict FROM review AS v
            WHERE v.statement_id = n.statement_id AND v.subject = 'target'
              AND v.text_sha256 = s.text_sha256
              AND v.place = CASE WHEN t.start_at IS NULL THEN 'addressed:' || t.who
                            ELSE CAST(t.start_at AS VARCHAR) || '-' || CAST(t.end_at AS VARCHAR) END
            ORDER BY v.reviewed_at DESC, v.id DESC LIMIT 1) AS review,
           s.text, s.url
    FROM target AS t
    JOIN newest_readings AS n ON n.reading_id = t.reading_id
    JOIN statement AS s ON s.id = n.statement_id
    LEFT JOIN account AS a ON a.id = s.account_id
    LEFT JOIN person AS ap ON ap.id = COALESCE(s.person_id, a.person_id)
    LEFT JOIN person AS tp ON tp.id = t.person_id
    LEFT JOIN party AS pa ON pa.id = t.party_id
    LEFT JOIN rating AS x ON x.target_id = t.id AND x.reading_id = t.reading_id
    WHERE t.basis <> 'own_side'
"""

NEWEST_REVIEW = """
    SELECT z.id FROM review AS z
    WHERE z.statement_id = s.id AND z.subject = 'kind' AND z.text_sha256 = s.text_sha256
      AND z.place = {kind} ORDER BY z.reviewed_at DESC, z.id DESC LIMIT 1
"""

KINDS_OF_STATEMENTS = """
    CREATE VIEW kinds_of_statements AS
    SELECT k.id AS kind_id, s.id AS statement_id, s.platform || ':' || s.post_id AS address,
           COALESCE(p.name, s.attribution_text) AS author, s.published_at, k.kind,
           CASE WHEN v.verdict = 'corrected' THEN {strength} ELSE k.strength END AS strength,
           CASE WHEN v.verdict = 'corrected' THEN {scope} ELSE k.scope END AS scope,
           k.confidence, k.method, CASE WHEN v.verdict <> 'withdrawn' THEN v.verdict END AS review,
           s.text, s.url
    FROM kind AS k
    JOIN newest_readings AS n ON n.reading_id = k.reading_id
    JOIN statement AS s ON s.id = n.statement_id
    LEFT JOIN account AS a ON a.id = s.account_id
    LEFT JOIN person AS p ON p.id = COALESCE(s.person_id, a.person_id)
    LEFT JOIN review AS v ON v.id = ({found_review})
    WHERE v.verdict IS NULL OR v.verdict <> 'rejected'
    UNION ALL
    SELECT NULL AS kind_id, s.id AS statement_id, s.platform || ':' || s.post_id AS address,
           COALESCE(p.name, s.attribution_text) AS author, s.published_at, v.place AS kind,
           {strength} AS strength, {scope} AS scope, 1.0 AS confidence, 'review' AS method,
           v.verdict AS review, s.text, s.url
    FROM review AS v
    JOIN statement AS s ON s.id = v.statement_id
    LEFT JOIN account AS a ON a.id = s.account_id
    LEFT JOIN person AS p ON p.id = COALESCE(s.person_id, a.person_id)
    WHERE v.subject = 'kind' AND v.verdict IN ('confirmed', 'corrected', 'added')
      AND v.id = ({said_review})
      AND EXISTS (SELECT 1 FROM newest_readings AS n WHERE n.statement_id = s.id)
      AND NOT EXISTS (
          SELECT 1 FROM kind AS k JOIN newest_readings AS n ON n.reading_id = k.reading_id
          WHERE n.statement_id = s.id AND k.kind = v.place
      )
"""

CONCESSIONS_FOUND = """
    CREATE VIEW concessions_found AS
    SELECT r.election_id, r.contest_id, r.contest, r.author, r.party, r.elected, r.published_at,
           r.time_zone, r.minutes_from_declaration, k.strength, k.scope, k.confidence, k.review, r.text,
           r.url, r.address, r.statement_id
    FROM kinds_of_statements AS k
    JOIN statements_and_results AS r ON r.statement_id = k.statement_id
    WHERE k.kind = 'concession'
"""

COVERAGE_OF_ACCOUNTS = """
    CREATE VIEW coverage_of_accounts AS
    SELECT a.id AS account_id, a.platform, {handle} AS handle, a.person_id, p.name AS owner,
           (SELECT count(*) FROM statement AS s WHERE s.account_id = a.id) AS statements,
           (SELECT count(*) FROM coverage AS v WHERE v.account_id = a.id AND v.status = 'complete')
               AS complete,
           (SELECT count(*) FROM coverage AS v WHERE v.account_id = a.id AND v.status = 'pending')
               AS pending,
           (SELECT count(*) FROM coverage AS v WHERE v.account_id = a.id AND v.status = 'suspected')
               AS suspected,
           (SELECT max(v.until) FROM coverage AS v WHERE v.account_id = a.id AND v.status = 'complete')
               AS complete_until,
           c.succeeded_at, c.failures, c.error, a.url
    FROM account AS a
    LEFT JOIN person AS p ON p.id = a.person_id
    LEFT JOIN schedule AS c ON c.account_id = a.id
"""

CAPTURES_KEPT = """
    CREATE VIEW captures_kept AS
    SELECT c.id AS capture_id, c.kind, c.source, c.media_type, c.retrieved_at, c.sha256, c.size, c.reader,
           c.part_of, c.number,
           (SELECT count(*) FROM statement_capture AS x WHERE x.capture_id = c.id) AS statements
    FROM capture AS c
"""


def upgrade() -> None:
    dialect = op.get_context().dialect.name
    op.create_index("ix_statement_published_at", "statement", ["published_at"], unique=False)
    for command in SQLITE_INDEX if dialect == "sqlite" else POSTGRESQL_INDEX:
        op.get_bind().exec_driver_sql(command)
    for view in views(dialect):
        op.get_bind().exec_driver_sql(view)


def views(dialect: str) -> list[str]:
    """The commands that make the views: what the two databases call differently is filled in."""
    said = {"strength": _STRENGTH[dialect], "scope": _SCOPE[dialect]}
    return [
        NEWEST_READINGS,
        CANDIDATES_AND_RESULTS,
        STATEMENTS_WITH_AUTHORS.format(handle=HANDLE.format(account="s.account_id")),
        STATEMENTS_AND_RESULTS.format(days=_DAYS[dialect], minutes=_MINUTES[dialect]),
        TARGETS_WITH_RATINGS,
        KINDS_OF_STATEMENTS.format(
            found_review=NEWEST_REVIEW.format(kind="k.kind"),
            said_review=NEWEST_REVIEW.format(kind="v.place"),
            **said,
        ),
        CONCESSIONS_FOUND,
        COVERAGE_OF_ACCOUNTS.format(handle=HANDLE.format(account="a.id")),
        CAPTURES_KEPT,
    ]
