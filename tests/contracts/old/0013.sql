BEGIN TRANSACTION;
CREATE TABLE action_joins (
	action_id INTEGER NOT NULL, 
	person_id INTEGER NOT NULL, 
	joined_at INTEGER NOT NULL, 
	CONSTRAINT pk_action_joins PRIMARY KEY (action_id, person_id), 
	CONSTRAINT fk_action_joins_action_id FOREIGN KEY(action_id) REFERENCES actions (id) ON DELETE CASCADE, 
	CONSTRAINT fk_action_joins_person_id FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE CASCADE
)
 STRICT

;
CREATE TABLE action_steps (
	action_id INTEGER NOT NULL, 
	step TEXT NOT NULL, 
	on_date TEXT NOT NULL, 
	title TEXT NOT NULL, 
	text TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_action_steps PRIMARY KEY (action_id, step), 
	CONSTRAINT fk_action_steps_action_id FOREIGN KEY(action_id) REFERENCES actions (id) ON DELETE CASCADE
)
 STRICT

;
CREATE TABLE actions (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	guild_id INTEGER NOT NULL, 
	deadline_id INTEGER, 
	title TEXT NOT NULL, 
	centre_on TEXT NOT NULL, 
	state TEXT NOT NULL, 
	items TEXT DEFAULT '' NOT NULL, 
	template TEXT DEFAULT '' NOT NULL, 
	outcome TEXT DEFAULT '' NOT NULL, 
	ended_on TEXT, 
	event_id INTEGER, 
	revision INTEGER DEFAULT '1' NOT NULL, 
	person_id INTEGER, 
	created_at INTEGER NOT NULL, 
	updated_at INTEGER NOT NULL, 
	CONSTRAINT ck_actions_state CHECK (state IN ('draft', 'approved', 'done', 'cancelled', 'archived')), 
	CONSTRAINT fk_actions_deadline_id FOREIGN KEY(deadline_id) REFERENCES deadlines (id) ON DELETE SET NULL, 
	CONSTRAINT fk_actions_person_id FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE SET NULL
)
 STRICT

;
CREATE TABLE audit (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	guild_id INTEGER NOT NULL, 
	at INTEGER NOT NULL, 
	what TEXT NOT NULL, 
	person_id INTEGER, 
	CONSTRAINT fk_audit_person_id FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE SET NULL
)
 STRICT

;
CREATE TABLE constituencies (
	constituency_id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	member_id INTEGER, 
	display_as TEXT DEFAULT '' NOT NULL, 
	full_title TEXT DEFAULT '' NOT NULL, 
	address_as TEXT DEFAULT '' NOT NULL, 
	list_as TEXT DEFAULT '' NOT NULL, 
	party TEXT DEFAULT '' NOT NULL, 
	role TEXT DEFAULT '' NOT NULL, 
	post TEXT DEFAULT '' NOT NULL, 
	email TEXT DEFAULT '' NOT NULL, 
	phone TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_constituencies PRIMARY KEY (constituency_id)
)
 STRICT

;
CREATE TABLE count_releases (
	guild_id INTEGER NOT NULL, 
	decided_at INTEGER NOT NULL, 
	figures TEXT DEFAULT '' NOT NULL, 
	letters INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_count_releases PRIMARY KEY (guild_id)
)
 STRICT

;
CREATE TABLE deadline_facts (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	deadline_id INTEGER NOT NULL, 
	fact TEXT NOT NULL, 
	on_date TEXT, 
	own INTEGER DEFAULT '0' NOT NULL, 
	person_id INTEGER, 
	at INTEGER NOT NULL, 
	CONSTRAINT ck_deadline_facts_fact CHECK (fact IN ('due', 'promised', 'partly', 'received', 'withdrawn', 'lapsed')), 
	CONSTRAINT fk_deadline_facts_deadline_id FOREIGN KEY(deadline_id) REFERENCES deadlines (id) ON DELETE CASCADE, 
	CONSTRAINT fk_deadline_facts_person_id FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE SET NULL
)
 STRICT

;
CREATE TABLE deadlines (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	guild_id INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	title TEXT NOT NULL, 
	due_on TEXT NOT NULL, 
	rule TEXT NOT NULL, 
	started_on TEXT, 
	report TEXT, 
	source_title TEXT DEFAULT '' NOT NULL, 
	source_url TEXT DEFAULT '' NOT NULL, 
	promised_on TEXT, 
	promised_url TEXT DEFAULT '' NOT NULL, 
	partly_on TEXT, 
	partly_url TEXT DEFAULT '' NOT NULL, 
	received_on TEXT, 
	received_url TEXT DEFAULT '' NOT NULL, 
	withdrawn_on TEXT, 
	lapsed_on TEXT, 
	note TEXT DEFAULT '' NOT NULL, 
	revision INTEGER NOT NULL, 
	person_id INTEGER, 
	created_at INTEGER NOT NULL, 
	updated_at INTEGER NOT NULL, ladder TEXT, 
	CONSTRAINT ck_deadlines_kind CHECK (kind IN ('government response', 'own date', 'review', 'bill stage', 'written question')), 
	CONSTRAINT ck_deadlines_rule CHECK (rule IN ('two calendar months', 'two calendar months (Lords)', 'date given by Parliament', 'date given by the group')), 
	CONSTRAINT fk_deadlines_person_id FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE SET NULL
)
 STRICT

;
INSERT INTO "deadlines" VALUES(1,800000000000000001,'own date','Lobby day','2027-05-04','date given by the group',NULL,NULL,'','',NULL,'',NULL,'',NULL,'',NULL,NULL,'',1,1,1799139600000000,1799139600000000,NULL);
CREATE TABLE deliveries (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	"key" TEXT NOT NULL, 
	guild_id INTEGER, 
	channel_id INTEGER, 
	person_id INTEGER, 
	route TEXT NOT NULL, 
	state TEXT NOT NULL, 
	sealed_message BLOB, 
	digest TEXT NOT NULL, 
	due_at INTEGER NOT NULL, 
	created_at INTEGER NOT NULL, 
	token TEXT, 
	lease_until INTEGER, 
	attempts INTEGER DEFAULT '0' NOT NULL, 
	first_failed_at INTEGER, 
	attempted_at INTEGER, 
	retry_at INTEGER, 
	sent_at INTEGER, 
	message_id INTEGER, 
	reason TEXT DEFAULT '' NOT NULL, pinged INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT ck_deliveries_route CHECK (route IN ('channel', 'notice', 'owner')), 
	CONSTRAINT ck_deliveries_state CHECK (state IN ('sending', 'waiting', 'sent', 'undeliverable', 'unknown', 'cancelled')), 
	CONSTRAINT fk_deliveries_person_id FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE SET NULL, 
	CONSTRAINT uq_deliveries_key UNIQUE ("key")
)
 STRICT

;
CREATE TABLE delivery_reminders (
	delivery_id INTEGER NOT NULL, 
	reminder_id INTEGER NOT NULL, 
	revision INTEGER NOT NULL, 
	expired INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_delivery_reminders PRIMARY KEY (delivery_id, reminder_id), 
	CONSTRAINT fk_delivery_reminders_delivery_id FOREIGN KEY(delivery_id) REFERENCES deliveries (id) ON DELETE CASCADE, 
	CONSTRAINT fk_delivery_reminders_reminder_id FOREIGN KEY(reminder_id) REFERENCES reminders (id) ON DELETE CASCADE
)
 STRICT

;
CREATE TABLE follow_ups (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	person_id INTEGER NOT NULL, 
	guild_id INTEGER, 
	constituency_id INTEGER, 
	recommendation TEXT NOT NULL, 
	sent_on TEXT NOT NULL, 
	checks TEXT DEFAULT '' NOT NULL, 
	outcome TEXT NOT NULL, 
	outcome_on TEXT, 
	promised_on TEXT, 
	missed INTEGER DEFAULT '0' NOT NULL, 
	keep_until TEXT NOT NULL, counted TEXT, 
	CONSTRAINT ck_follow_ups_outcome CHECK (outcome IN ('waiting', 'answered', 'stock reply', 'only acknowledged', 'nothing', 'promised a date', 'do not ask again')), 
	CONSTRAINT fk_follow_ups_person_id FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE CASCADE
)
 STRICT

;
INSERT INTO "follow_ups" VALUES(1,1,NULL,NULL,'never-again/3','2027-01-05','2027-01-19,2027-02-02','waiting',NULL,NULL,0,'2027-05-03',NULL);
CREATE TABLE follows (
	guild_id INTEGER NOT NULL, 
	report TEXT NOT NULL, 
	since INTEGER NOT NULL, 
	CONSTRAINT pk_follows PRIMARY KEY (guild_id, report)
)
 STRICT

;
CREATE TABLE guilds (
	guild_id INTEGER NOT NULL, 
	channel_id INTEGER, 
	notice_channel_id INTEGER, 
	organiser_role_id INTEGER, 
	ping_role_id INTEGER, 
	zone TEXT NOT NULL, 
	time_of_day TEXT NOT NULL, 
	quiet_from TEXT, 
	quiet_until TEXT, 
	ladder TEXT NOT NULL, 
	monthly INTEGER DEFAULT '1' NOT NULL, 
	high_risk INTEGER DEFAULT '1' NOT NULL, 
	person_id INTEGER, 
	revision INTEGER NOT NULL, 
	created_at INTEGER NOT NULL, 
	updated_at INTEGER NOT NULL, 
	left_at INTEGER, 
	channel_problem_at INTEGER, second_confirms INTEGER DEFAULT '0' NOT NULL, days_off TEXT DEFAULT '' NOT NULL, pings_a_day INTEGER DEFAULT '1' NOT NULL, pings_a_week INTEGER DEFAULT '3' NOT NULL, risk_answered INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_guilds PRIMARY KEY (guild_id), 
	CONSTRAINT fk_guilds_person_id FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE SET NULL
)
 STRICT

;
INSERT INTO "guilds" VALUES(800000000000000001,800000000000000002,NULL,NULL,NULL,'Europe/London','09:00:00',NULL,NULL,'[-14,-3,0,1,14]',1,1,1,1,1799139600000000,1799139600000000,NULL,NULL,0,'',1,3,1);
CREATE TABLE imported_reports (
	guild_id INTEGER NOT NULL, 
	report TEXT NOT NULL, 
	pack TEXT NOT NULL, 
	person_id INTEGER, 
	created_at INTEGER NOT NULL, 
	updated_at INTEGER NOT NULL, 
	CONSTRAINT pk_imported_reports PRIMARY KEY (guild_id, report), 
	CONSTRAINT fk_imported_reports_person_id FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE SET NULL
)
 STRICT

;
CREATE TABLE kept (
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	CONSTRAINT pk_kept PRIMARY KEY (name)
)
 STRICT

;
INSERT INTO "kept" VALUES('last refresh','2027-01-05');
CREATE TABLE ledger (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at INTEGER NOT NULL, 
	event TEXT NOT NULL, 
	delivery_id INTEGER, 
	reminder_ids TEXT DEFAULT '' NOT NULL, 
	guild_id INTEGER, 
	person_id INTEGER, 
	detail TEXT DEFAULT '' NOT NULL, 
	late_seconds INTEGER, 
	attempt INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT fk_ledger_person_id FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE SET NULL
)
 STRICT

;
CREATE TABLE letter_templates (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	guild_id INTEGER NOT NULL, 
	series INTEGER DEFAULT '0' NOT NULL, 
	version INTEGER DEFAULT '0' NOT NULL, 
	title TEXT NOT NULL, 
	summary TEXT NOT NULL, 
	text TEXT NOT NULL, 
	state TEXT NOT NULL, 
	revision INTEGER DEFAULT '1' NOT NULL, 
	person_id INTEGER, 
	approver_id INTEGER, 
	updated_at INTEGER NOT NULL, 
	CONSTRAINT ck_letter_templates_state CHECK (state IN ('draft', 'live', 'earlier', 'retired')), 
	CONSTRAINT fk_letter_templates_person_id FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE SET NULL, 
	CONSTRAINT fk_letter_templates_approver_id FOREIGN KEY(approver_id) REFERENCES people (id) ON DELETE SET NULL
)
 STRICT

;
CREATE TABLE people (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	lookup BLOB NOT NULL, 
	sealed_user_id BLOB NOT NULL, 
	created_at INTEGER NOT NULL, 
	CONSTRAINT uq_people_lookup UNIQUE (lookup)
)
 STRICT

;
INSERT INTO "people" VALUES(1,X'98AE6D4C3FC1E17F66C92685DE47C70701EB000C96B93EBC0D4D02E2F74BB29D',X'01F9D3651C3779DC8E13B726C1A9CADB96535573B53442D69221C3D380C85A78ABD0E9606AFD0B1D28646A0AE92C40',1799139600000000);
CREATE TABLE person_settings (
	person_id INTEGER NOT NULL, 
	zone TEXT, 
	time_of_day TEXT, 
	lead_days INTEGER, 
	updated_at INTEGER NOT NULL, neutral INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_person_settings PRIMARY KEY (person_id), 
	CONSTRAINT fk_person_settings_person_id FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE CASCADE
)
 STRICT

;
INSERT INTO "person_settings" VALUES(1,'Asia/Almaty',NULL,NULL,0,1);
CREATE TABLE personal_reminders (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	person_id INTEGER NOT NULL, 
	sealed_text BLOB NOT NULL, 
	about TEXT DEFAULT '' NOT NULL, 
	deadline_id INTEGER, 
	lead_days INTEGER, 
	repeat TEXT NOT NULL, 
	local_date TEXT NOT NULL, 
	local_time TEXT NOT NULL, 
	zone TEXT NOT NULL, 
	until TEXT, 
	neutral INTEGER DEFAULT '0' NOT NULL, 
	snoozes INTEGER DEFAULT '0' NOT NULL, 
	done_at INTEGER, 
	revision INTEGER DEFAULT '1' NOT NULL, 
	created_at INTEGER NOT NULL, 
	updated_at INTEGER NOT NULL, 
	CONSTRAINT ck_personal_reminders_repeat CHECK (repeat IN ('once', 'daily', 'weekdays', 'weekly', 'monthly')), 
	CONSTRAINT fk_personal_reminders_deadline_id FOREIGN KEY(deadline_id) REFERENCES deadlines (id) ON DELETE SET NULL, 
	CONSTRAINT fk_personal_reminders_person_id FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE CASCADE
)
 STRICT

;
INSERT INTO "personal_reminders" VALUES(1,1,X'00','',NULL,NULL,'weekly','2027-05-04','09:00','Europe/London',NULL,0,0,NULL,1,0,0);
CREATE TABLE publication_news (
	guild_id INTEGER NOT NULL, 
	publication_id INTEGER NOT NULL, 
	told_at INTEGER NOT NULL, 
	CONSTRAINT pk_publication_news PRIMARY KEY (guild_id, publication_id)
)
 STRICT

;
CREATE TABLE publications (
	publication_id INTEGER NOT NULL, 
	committee_id INTEGER NOT NULL, 
	committee TEXT NOT NULL, 
	house TEXT NOT NULL, 
	title TEXT NOT NULL, 
	paper TEXT DEFAULT '' NOT NULL, 
	published_on TEXT NOT NULL, 
	expected INTEGER DEFAULT '0' NOT NULL, 
	due_on TEXT, 
	url TEXT DEFAULT '' NOT NULL, 
	response_id INTEGER, 
	response_on TEXT, 
	response_title TEXT DEFAULT '' NOT NULL, 
	response_url TEXT DEFAULT '' NOT NULL, 
	maybe_id INTEGER, 
	maybe_on TEXT, 
	maybe_title TEXT DEFAULT '' NOT NULL, 
	maybe_url TEXT DEFAULT '' NOT NULL, 
	checked_at INTEGER, 
	problem TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_publications PRIMARY KEY (publication_id)
)
 STRICT

;
CREATE TABLE record_steps (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	record_id INTEGER NOT NULL, 
	event TEXT NOT NULL, 
	person_id INTEGER, 
	at INTEGER NOT NULL, 
	CONSTRAINT ck_record_steps_event CHECK (event IN ('recorded', 'confirmed', 'undone')), 
	CONSTRAINT fk_record_steps_person_id FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE SET NULL, 
	CONSTRAINT fk_record_steps_record_id FOREIGN KEY(record_id) REFERENCES records (id) ON DELETE CASCADE
)
 STRICT

;
CREATE TABLE records (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	guild_id INTEGER NOT NULL, 
	report TEXT NOT NULL, 
	item TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	state TEXT NOT NULL, 
	status TEXT DEFAULT '' NOT NULL, 
	said_by TEXT DEFAULT '' NOT NULL, 
	dated_on TEXT, 
	words TEXT DEFAULT '' NOT NULL, 
	url TEXT DEFAULT '' NOT NULL, 
	was TEXT DEFAULT '' NOT NULL, 
	created_at INTEGER NOT NULL, 
	kept_at INTEGER, 
	CONSTRAINT ck_records_kind CHECK (kind IN ('answer', 'evidence')), 
	CONSTRAINT ck_records_state CHECK (state IN ('draft', 'proposed', 'confirmed', 'undone'))
)
 STRICT

;
CREATE TABLE "reminders" (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	kind TEXT NOT NULL, 
	step TEXT NOT NULL, 
	guild_id INTEGER, 
	channel_id INTEGER, 
	person_id INTEGER, 
	deadline_id INTEGER, 
	sealed_text BLOB, 
	due_at INTEGER NOT NULL, 
	local_date TEXT NOT NULL, 
	local_time TEXT NOT NULL, 
	zone TEXT NOT NULL, 
	utc_offset INTEGER NOT NULL, 
	expires_at INTEGER, 
	state TEXT NOT NULL, 
	revision INTEGER DEFAULT '1' NOT NULL, 
	attempts INTEGER DEFAULT '0' NOT NULL, 
	delivery_id INTEGER, 
	sent_at INTEGER, 
	message_id INTEGER, 
	reason TEXT DEFAULT '' NOT NULL, 
	created_at INTEGER NOT NULL, 
	updated_at INTEGER NOT NULL, 
	personal_id INTEGER, 
	neutral INTEGER DEFAULT '0' NOT NULL, 
	shown_at INTEGER, 
	CONSTRAINT ck_reminders_kind CHECK (kind IN ('before', 'due', 'overdue', 'answered', 'promised', 'corrected', 'personal', 'follow-up', 'action', 'notice', 'test')), 
	CONSTRAINT ck_reminders_state CHECK (state IN ('scheduled', 'sending', 'sent', 'undeliverable', 'unknown', 'cancelled', 'expired')), 
	CONSTRAINT fk_reminders_deadline_id FOREIGN KEY(deadline_id) REFERENCES deadlines (id) ON DELETE CASCADE, 
	CONSTRAINT fk_reminders_delivery_id FOREIGN KEY(delivery_id) REFERENCES deliveries (id) ON DELETE SET NULL, 
	CONSTRAINT fk_reminders_person_id FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE CASCADE, 
	CONSTRAINT fk_reminders_personal_id FOREIGN KEY(personal_id) REFERENCES personal_reminders (id) ON DELETE CASCADE, 
	CONSTRAINT uq_reminders_deadline_id_step UNIQUE (deadline_id, step)
)
 STRICT

;
INSERT INTO "reminders" VALUES(1,'due','due@2027-05-04',800000000000000001,NULL,NULL,1,NULL,1809417600000000,'2027-05-04','09:00','Europe/London',60,1812009600000000,'scheduled',1,0,NULL,NULL,NULL,'',1799139600000000,1799139600000000,NULL,0,NULL);
INSERT INTO "reminders" VALUES(2,'personal','r1@2027-05-04T09:00',NULL,NULL,1,NULL,X'00',1809331200000000,'2027-05-04','09:00','Europe/London',60,NULL,'scheduled',1,0,NULL,NULL,NULL,'',0,0,1,0,NULL);
CREATE TABLE report_drafts (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	guild_id INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	content TEXT NOT NULL, 
	created_at INTEGER NOT NULL, 
	CONSTRAINT ck_report_drafts_kind CHECK (kind IN ('report', 'answers'))
)
 STRICT

;
CREATE TABLE schema_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT schema_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "schema_version" VALUES('0013');
CREATE TABLE sketches (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	guild_id INTEGER NOT NULL, 
	draft BLOB NOT NULL, 
	made_on TEXT NOT NULL, 
	pieces BLOB NOT NULL, 
	CONSTRAINT uq_sketches_guild_id_draft UNIQUE (guild_id, draft)
)
 STRICT

;
CREATE TABLE staged_pages (
	list TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	at INTEGER NOT NULL, 
	page TEXT NOT NULL, 
	CONSTRAINT pk_staged_pages PRIMARY KEY (list, number)
)
 STRICT

;
CREATE TABLE waiting_changes (
	guild_id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	person_id INTEGER, 
	asked_at INTEGER NOT NULL, 
	CONSTRAINT pk_waiting_changes PRIMARY KEY (guild_id, name), 
	CONSTRAINT fk_waiting_changes_person_id FOREIGN KEY(person_id) REFERENCES people (id) ON DELETE SET NULL
)
 STRICT

;
CREATE TABLE watched_committees (
	guild_id INTEGER NOT NULL, 
	committee_id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	house TEXT NOT NULL, 
	since INTEGER NOT NULL, 
	CONSTRAINT pk_watched_committees PRIMARY KEY (guild_id, committee_id)
)
 STRICT

;
CREATE INDEX ix_deadlines_guild_id ON deadlines (guild_id);
CREATE UNIQUE INDEX uq_deadlines_report ON deadlines (guild_id, report, kind) WHERE report IS NOT NULL;
CREATE INDEX ix_deliveries_lease ON deliveries (lease_until) WHERE state = 'sending';
CREATE INDEX ix_deliveries_retry ON deliveries (retry_at) WHERE state = 'waiting';
CREATE INDEX ix_ledger_delivery_id ON ledger (delivery_id);
CREATE INDEX ix_ledger_guild_id_at ON ledger (guild_id, at);
CREATE INDEX ix_delivery_reminders_reminder_id ON delivery_reminders (reminder_id);
CREATE INDEX ix_follow_ups_person_id ON follow_ups (person_id);
CREATE INDEX ix_follow_ups_keep_until ON follow_ups (keep_until);
CREATE INDEX ix_sketches_made_on ON sketches (made_on);
CREATE INDEX ix_personal_reminders_person_id ON personal_reminders (person_id);
CREATE INDEX ix_personal_reminders_deadline_id ON personal_reminders (deadline_id);
CREATE INDEX ix_reminders_delivery_id ON reminders (delivery_id);
CREATE INDEX ix_reminders_due ON reminders (due_at) WHERE state = 'scheduled';
CREATE INDEX ix_reminders_person_id ON reminders (person_id);
CREATE UNIQUE INDEX uq_reminders_personal ON reminders (personal_id, step) WHERE personal_id IS NOT NULL;
CREATE INDEX ix_publications_committee_id ON publications (committee_id);
CREATE INDEX ix_report_drafts_guild_id ON report_drafts (guild_id);
CREATE INDEX ix_records_guild_id_report_item ON records (guild_id, report, item);
CREATE INDEX ix_record_steps_record_id ON record_steps (record_id);
CREATE INDEX ix_actions_guild_id ON actions (guild_id);
CREATE INDEX ix_actions_deadline_id ON actions (deadline_id);
CREATE INDEX ix_action_joins_person_id ON action_joins (person_id);
CREATE INDEX ix_deadline_facts_deadline_id ON deadline_facts (deadline_id);
CREATE INDEX ix_letter_templates_guild_id ON letter_templates (guild_id);
CREATE INDEX ix_audit_guild_id ON audit (guild_id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('people',1);
INSERT INTO "sqlite_sequence" VALUES('deadlines',1);
INSERT INTO "sqlite_sequence" VALUES('follow_ups',1);
INSERT INTO "sqlite_sequence" VALUES('reminders',2);
INSERT INTO "sqlite_sequence" VALUES('personal_reminders',1);
COMMIT;
