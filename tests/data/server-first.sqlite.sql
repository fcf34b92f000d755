-- The server's database as the first release made it; see README.md.
CREATE TABLE audit (
	chain VARCHAR(64) NOT NULL,
	number BIGINT NOT NULL,
	at_ms BIGINT NOT NULL,
	hash VARCHAR(64) NOT NULL,
	head VARCHAR(64) NOT NULL,
	dk VARCHAR(16) NOT NULL,
	sealed BLOB NOT NULL,
	signature BLOB NOT NULL,
	PRIMARY KEY (chain, number)
);
CREATE UNIQUE INDEX audit_hash ON audit (chain, hash);
CREATE TABLE audit_chain (
	chain VARCHAR(64) NOT NULL,
	last_number BIGINT NOT NULL,
	head VARCHAR(64) NOT NULL,
	PRIMARY KEY (chain)
);
CREATE TABLE code (
	code_id VARCHAR(32) NOT NULL,
	staff VARCHAR(36) NOT NULL,
	issued_ms BIGINT NOT NULL,
	expires_ms BIGINT NOT NULL,
	tries INTEGER NOT NULL,
	used_ms BIGINT,
	device VARCHAR(36),
	transcript VARCHAR(64),
	dk VARCHAR(16) NOT NULL,
	sealed BLOB,
	PRIMARY KEY (code_id)
);
CREATE TABLE counter (
	device VARCHAR(36) NOT NULL,
	series VARCHAR(36) NOT NULL,
	counter BIGINT NOT NULL,
	hash VARCHAR(64) NOT NULL,
	PRIMARY KEY (device, series, counter, hash)
);
CREATE TABLE data_key (
	id VARCHAR(16) NOT NULL,
	wrapped BLOB NOT NULL,
	PRIMARY KEY (id)
);
CREATE TABLE decision (
	hash VARCHAR(64) NOT NULL,
	entry VARCHAR(64) NOT NULL,
	team VARCHAR(36) NOT NULL,
	admit BOOLEAN NOT NULL,
	dk VARCHAR(16) NOT NULL,
	reason BLOB NOT NULL,
	PRIMARY KEY (hash, entry)
);
CREATE TABLE device (
	id VARCHAR(36) NOT NULL,
	staff VARCHAR(36) NOT NULL,
	public VARCHAR(64) NOT NULL,
	label VARCHAR(300) NOT NULL,
	state VARCHAR(16) NOT NULL,
	forked BOOLEAN NOT NULL,
	cut_ms BIGINT,
	last_counters TEXT NOT NULL,
	enrolled_ms BIGINT NOT NULL,
	last_seen_ms BIGINT,
	report TEXT NOT NULL,
	PRIMARY KEY (id)
);
CREATE INDEX device_staff ON device (staff);
CREATE TABLE draft (
	staff VARCHAR(36) NOT NULL,
	id VARCHAR(36) NOT NULL,
	device VARCHAR(36) NOT NULL,
	revision BIGINT NOT NULL,
	record VARCHAR(36) NOT NULL,
	client VARCHAR(36),
	kind VARCHAR(40) NOT NULL,
	first_ms BIGINT NOT NULL,
	updated_ms BIGINT NOT NULL,
	closed_by VARCHAR(64) NOT NULL,
	via VARCHAR(36) NOT NULL,
	dk VARCHAR(16) NOT NULL,
	sealed BLOB,
	PRIMARY KEY (staff, id, device)
);
CREATE TABLE entry (
	hash VARCHAR(64) NOT NULL,
	record VARCHAR(36) NOT NULL,
	kind VARCHAR(40) NOT NULL,
	client VARCHAR(36),
	about VARCHAR(64),
	author VARCHAR(36) NOT NULL,
	device VARCHAR(36) NOT NULL,
	series VARCHAR(36) NOT NULL,
	counter BIGINT NOT NULL,
	at_ms BIGINT NOT NULL,
	meaning VARCHAR(16) NOT NULL,
	cosign VARCHAR(16) NOT NULL,
	sensitivity VARCHAR(32) NOT NULL,
	flags VARCHAR(400) NOT NULL,
	received_ms BIGINT NOT NULL,
	size INTEGER NOT NULL,
	dk VARCHAR(16) NOT NULL,
	sealed BLOB NOT NULL,
	signature BLOB NOT NULL,
	PRIMARY KEY (hash)
);
CREATE INDEX entry_about ON entry (about);
CREATE INDEX entry_author ON entry (author, cosign);
CREATE INDEX entry_client ON entry (client, kind);
CREATE INDEX entry_kind ON entry (kind, received_ms);
CREATE INDEX entry_record ON entry (record);
CREATE TABLE epoch (
	number INTEGER NOT NULL,
	started_ms BIGINT NOT NULL,
	text TEXT NOT NULL,
	signature BLOB NOT NULL,
	PRIMARY KEY (number)
);
CREATE TABLE epoch_head (
	epoch INTEGER NOT NULL,
	feed VARCHAR(64) NOT NULL,
	number BIGINT NOT NULL,
	head VARCHAR(64) NOT NULL,
	PRIMARY KEY (epoch, feed)
);
CREATE TABLE feed (
	name VARCHAR(64) NOT NULL,
	last_number BIGINT NOT NULL,
	head VARCHAR(64) NOT NULL,
	PRIMARY KEY (name)
);
CREATE TABLE feed_row (
	feed VARCHAR(64) NOT NULL,
	number BIGINT NOT NULL,
	op VARCHAR(8) NOT NULL,
	what VARCHAR(64) NOT NULL,
	client VARCHAR(36),
	"row" VARCHAR(64) NOT NULL,
	head VARCHAR(64) NOT NULL,
	PRIMARY KEY (feed, number)
);
CREATE INDEX feed_row_client ON feed_row (feed, client, op);
CREATE INDEX feed_row_what ON feed_row (what, feed);
CREATE TABLE home (
	client VARCHAR(36) NOT NULL,
	program VARCHAR(36) NOT NULL,
	team VARCHAR(36) NOT NULL,
	entry VARCHAR(64) NOT NULL,
	PRIMARY KEY (client)
);
CREATE TABLE meta (
	name VARCHAR(64) NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (name)
);
CREATE TABLE need (
	hash VARCHAR(64) NOT NULL,
	needs VARCHAR(80) NOT NULL,
	PRIMARY KEY (hash, needs)
);
CREATE INDEX need_needs ON need (needs);
CREATE TABLE nonce (
	device VARCHAR(36) NOT NULL,
	nonce VARCHAR(32) NOT NULL,
	expires_ms BIGINT NOT NULL,
	PRIMARY KEY (device, nonce)
);
CREATE INDEX nonce_expires ON nonce (expires_ms);
CREATE TABLE reader (
	staff VARCHAR(36) NOT NULL,
	feed VARCHAR(64) NOT NULL,
	since_ms BIGINT NOT NULL,
	ended_ms BIGINT,
	PRIMARY KEY (staff, feed)
);
CREATE TABLE record (
	id VARCHAR(36) NOT NULL,
	kind VARCHAR(40) NOT NULL,
	client VARCHAR(36),
	author VARCHAR(36) NOT NULL,
	program VARCHAR(36),
	team VARCHAR(36),
	PRIMARY KEY (id)
);
CREATE TABLE series (
	device VARCHAR(36) NOT NULL,
	series VARCHAR(36) NOT NULL,
	top BIGINT NOT NULL,
	seen BIGINT NOT NULL,
	PRIMARY KEY (device, series)
);
CREATE TABLE waiting (
	hash VARCHAR(64) NOT NULL,
	state VARCHAR(16) NOT NULL,
	reason VARCHAR(600) NOT NULL,
	record VARCHAR(36) NOT NULL,
	kind VARCHAR(40) NOT NULL,
	client VARCHAR(36),
	author VARCHAR(36) NOT NULL,
	device VARCHAR(36) NOT NULL,
	received_ms BIGINT NOT NULL,
	via VARCHAR(36) NOT NULL,
	dk VARCHAR(16) NOT NULL,
	sealed BLOB,
	signature BLOB,
	PRIMARY KEY (hash)
);
CREATE INDEX waiting_client ON waiting (client, kind);
CREATE INDEX waiting_state ON waiting (state);
CREATE TABLE waiting_team (
	hash VARCHAR(64) NOT NULL,
	team VARCHAR(36) NOT NULL,
	PRIMARY KEY (hash, team)
);
CREATE INDEX waiting_team_team ON waiting_team (team);
CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'entry is append-only'); END;
CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'entry is append-only'); END;
CREATE TRIGGER feed_row_no_update BEFORE UPDATE ON feed_row BEGIN SELECT RAISE(ABORT, 'feed_row is append-only'); END;
CREATE TRIGGER feed_row_no_delete BEFORE DELETE ON feed_row BEGIN SELECT RAISE(ABORT, 'feed_row is append-only'); END;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER epoch_head_no_update BEFORE UPDATE ON epoch_head BEGIN SELECT RAISE(ABORT, 'epoch_head is append-only'); END;
CREATE TRIGGER epoch_head_no_delete BEFORE DELETE ON epoch_head BEGIN SELECT RAISE(ABORT, 'epoch_head is append-only'); END;
