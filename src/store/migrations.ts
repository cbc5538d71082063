import type { DatabaseSync } from 'node:sqlite'
import { StoreError } from './errors.ts'

/** Each brings a store from the version before it to its own; the first one is version 1. Never changed once released. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE runs (
     id TEXT PRIMARY KEY,
     pattern TEXT NOT NULL,
     fingerprint TEXT NOT NULL,
     status TEXT NOT NULL,
     state TEXT NOT NULL,
     updated_at INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE agents (
     run TEXT NOT NULL, name TEXT NOT NULL, place INTEGER NOT NULL, data TEXT NOT NULL,
     PRIMARY KEY (run, name)
   ) STRICT;
   CREATE TABLE answers (
     run TEXT NOT NULL, question TEXT NOT NULL, effect INTEGER NOT NULL, answer TEXT NOT NULL,
     PRIMARY KEY (run, question)
   ) STRICT;
   CREATE TABLE intents (
     run TEXT NOT NULL, id INTEGER NOT NULL, agent TEXT NOT NULL, model TEXT NOT NULL, worst TEXT NOT NULL,
     PRIMARY KEY (run, id)
   ) STRICT;
   CREATE TABLE checkpoints (
     id TEXT PRIMARY KEY, run TEXT NOT NULL, name TEXT, created_at INTEGER NOT NULL, saved TEXT NOT NULL
   ) STRICT;`,
  `CREATE TABLE entities (
     id TEXT PRIMARY KEY, type TEXT NOT NULL, properties TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX entities_by_type ON entities (type);
   CREATE TABLE relationships (
     source TEXT NOT NULL, target TEXT NOT NULL, type TEXT NOT NULL, metadata TEXT NOT NULL, created_at INTEGER NOT NULL,
     PRIMARY KEY (source, target, type)
   ) STRICT;
   CREATE INDEX relationships_by_target ON relationships (target);
   CREATE TABLE completions (
     number INTEGER PRIMARY KEY, request_id TEXT NOT NULL UNIQUE, session_id TEXT NOT NULL, agent_id TEXT NOT NULL,
     model TEXT, messages TEXT NOT NULL, continues INTEGER NOT NULL, status TEXT NOT NULL, queued_at INTEGER NOT NULL, started_at INTEGER,
     completed_at INTEGER, text TEXT, error TEXT, usage TEXT
   ) STRICT;
   CREATE INDEX completions_by_session ON completions (session_id);
   CREATE INDEX completions_open ON completions (status) WHERE status IN ('queued', 'running');
   CREATE TABLE cached_answers (
     id INTEGER PRIMARY KEY, context TEXT NOT NULL, prompt TEXT NOT NULL, embedding TEXT NOT NULL, answer TEXT NOT NULL,
     target TEXT NOT NULL, cost TEXT NOT NULL
   ) STRICT;`,
  `CREATE TABLE run_records (
     run TEXT PRIMARY KEY, started_at INTEGER NOT NULL, ended_at INTEGER, given TEXT NOT NULL, outcome TEXT
   ) STRICT;
   CREATE INDEX runs_by_status ON runs (status, updated_at);
   CREATE TABLE spending (
     minute INTEGER NOT NULL, run TEXT NOT NULL, agent TEXT NOT NULL, model TEXT NOT NULL, calls INTEGER NOT NULL,
     input INTEGER NOT NULL, output INTEGER NOT NULL, known INTEGER NOT NULL, uncertain INTEGER NOT NULL,
     PRIMARY KEY (minute, run, agent, model)
   ) STRICT;
   CREATE INDEX spending_by_run ON spending (run);`,
  `CREATE TABLE pattern_sources (hash TEXT PRIMARY KEY, sources TEXT NOT NULL) STRICT;
   ALTER TABLE run_records ADD COLUMN sources TEXT;
   ALTER TABLE run_records ADD COLUMN deaths INTEGER NOT NULL DEFAULT 0;
   CREATE TABLE commits (count INTEGER NOT NULL) STRICT;
   INSERT INTO commits VALUES (0);`,
  // Answers that were kept before are of unknown age.
  `DELETE FROM cached_answers;
   ALTER TABLE cached_answers DROP COLUMN embedding;
   ALTER TABLE cached_answers ADD COLUMN kept_at INTEGER NOT NULL DEFAULT 0;`,
]

/**
 * Brings a store up to date.
 *
 * @throws StoreError for one that a newer longhaul has written
 */
export function migrate(database: DatabaseSync, file: string): void {
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number }
  if (version > MIGRATIONS.length)
    throw new StoreError(
      'LONGHAUL_STORE_VERSION',
      `${file} was written by a newer longhaul (version ${version} of the store; this longhaul supports versions up to ${MIGRATIONS.length}). Use the newer longhaul.`,
    )
  const { tables } = database.prepare('SELECT count(*) AS tables FROM sqlite_master').get() as { tables: number }
  if (version === 0 && tables > 0)
    throw new StoreError(
      'LONGHAUL_STORE_DAMAGED',
      `${file} is the database of another program. longhaul changed nothing. Set another folder in LONGHAUL_HOME.`,
    )
  for (let next = version; next < MIGRATIONS.length; next++) {
    database.exec(`BEGIN; ${MIGRATIONS[next]}; PRAGMA user_version = ${next + 1}; COMMIT`)
  }
}
