-- One schema for every contestant: what Freehold itself creates for the entities in contestants/freehold-entities.ts.
-- The bench stops when db.schema.check() finds a difference.
create table "user" (
  "user_id" INTEGER primary key autoincrement,
  "info" TEXT not null constraint "ck_user_info" check (json_valid("info")),
  "created_at" TEXT not null
) strict;

create table "doc" (
  "id" INTEGER primary key autoincrement,
  "user_id" INTEGER not null,
  "title" TEXT not null,
  "body" TEXT not null,
  "rating" INTEGER not null,
  "done" INTEGER not null constraint "ck_doc_done" check ("done" in (0, 1)),
  "meta" TEXT not null constraint "ck_doc_meta" check (json_valid("meta")),
  "created_at" TEXT not null,
  constraint "uq_doc_user_id_id" unique ("user_id", "id"),
  constraint "fk_doc_user_id" foreign key ("user_id") references "user" ("user_id") on delete no action on update no action
) strict;

create table "project" (
  "id" INTEGER primary key autoincrement,
  "user_id" INTEGER not null,
  "name" TEXT not null,
  constraint "uq_project_user_id_id" unique ("user_id", "id"),
  constraint "fk_project_user_id" foreign key ("user_id") references "user" ("user_id") on delete no action on update no action
) strict;

create table "task" (
  "id" INTEGER primary key autoincrement,
  "user_id" INTEGER not null,
  "project_id" INTEGER not null,
  "title" TEXT not null,
  "done" INTEGER not null constraint "ck_task_done" check ("done" in (0, 1)),
  constraint "uq_task_user_id_id" unique ("user_id", "id"),
  constraint "fk_task_user_id" foreign key ("user_id") references "user" ("user_id") on delete no action on update no action,
  constraint "fk_task_user_id_project_id" foreign key ("user_id", "project_id") references "project" ("user_id", "id") on delete no action on update no action
) strict;

create index "ix_task_user_id_project_id" on "task" ("user_id", "project_id");
