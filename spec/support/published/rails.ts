import type { Published } from "./published";

const users = (id: string, text: string, moment: string, address: string): string => `create table "users" ("id" ${id}, "email" ${text} default '' not null,
  "encrypted_password" ${text} default '' not null, "reset_password_token" ${text}, "reset_password_sent_at" ${moment}, "remember_created_at" ${moment},
  "sign_in_count" integer default 0 not null, "current_sign_in_ip" ${address}, "admin" boolean default false not null, "created_at" ${moment} not null, "updated_at" ${moment} not null)`;

export const rails: Published = {
  title: "Rails with Devise and Active Storage",
  source: "https://github.com/heartcombo/devise (its migration) and https://guides.rubyonrails.org/active_storage_overview.html",
  sqlite: [
    'create table "schema_migrations" ("version" varchar not null primary key)',
    'create table "ar_internal_metadata" ("key" varchar not null primary key, "value" varchar, "created_at" datetime(6) not null, "updated_at" datetime(6) not null)',
    users("integer primary key autoincrement not null", "varchar", "datetime(6)", "varchar").replace("default false", "default 0"),
    'create unique index "index_users_on_email" on "users" ("email")',
    'create unique index "index_users_on_reset_password_token" on "users" ("reset_password_token")',
    `create table "posts" ("id" integer primary key autoincrement not null, "user_id" integer not null, "title" varchar, "tags" json default '[]' not null, "rating" decimal(3,1),
      "published_on" date, "created_at" datetime(6) not null, constraint "fk_rails_5b5ddfd518" foreign key ("user_id") references "users" ("id") on delete cascade)`,
    'create index "index_posts_on_user_id" on "posts" ("user_id")',
    'create index "index_posts_on_lower_title" on "posts" (lower(title))',
    'create index "index_posts_published" on "posts" ("published_on") where "published_on" is not null',
    `create table "active_storage_blobs" ("id" integer primary key autoincrement not null, "key" varchar not null, "filename" varchar not null, "byte_size" bigint not null,
      "checksum" varchar, "created_at" datetime(6) not null)`,
    'create unique index "index_active_storage_blobs_on_key" on "active_storage_blobs" ("key")',
    'create table "posts_tags" ("post_id" integer not null, "tag" varchar not null)',
  ],
  postgres: [
    'create table "schema_migrations" ("version" character varying not null primary key)',
    'create table "ar_internal_metadata" ("key" character varying not null primary key, "value" character varying, "created_at" timestamp(6) not null, "updated_at" timestamp(6) not null)',
    users("bigserial primary key", "character varying", "timestamp(6)", "inet"),
    'create unique index "index_users_on_email" on "users" using btree ("email")',
    'create unique index "index_users_on_reset_password_token" on "users" ("reset_password_token")',
    `create table "posts" ("id" bigserial primary key, "user_id" bigint not null, "title" character varying, "tags" jsonb default '[]' not null, "rating" decimal(3,1),
      "published_on" date, "created_at" timestamp(6) not null, "token" uuid default gen_random_uuid() not null, "labels" character varying[] default '{}' not null,
      constraint "fk_rails_5b5ddfd518" foreign key ("user_id") references "users" ("id") on delete cascade)`,
    'create index "index_posts_on_user_id" on "posts" ("user_id")',
    'create index "index_posts_on_lower_title" on "posts" (lower(title))',
    'create index "index_posts_published" on "posts" ("published_on" desc) where "published_on" is not null',
    'create index "index_posts_on_tags" on "posts" using gin ("tags")',
    `create table "active_storage_blobs" ("id" bigserial primary key, "key" character varying not null, "filename" character varying not null, "byte_size" bigint not null,
      "checksum" character varying, "created_at" timestamp(6) not null)`,
    'create unique index "index_active_storage_blobs_on_key" on "active_storage_blobs" ("key")',
    'create table "posts_tags" ("post_id" bigint not null, "tag" character varying not null)',
  ],
  rows: [
    `insert into users (id, email, created_at, updated_at) values (101, 'ada@example.org', '2024-01-31 12:00:00.123456', '2024-01-31 12:00:00')`,
    `insert into posts (id, user_id, title, rating, published_on, created_at) values (101, 101, 'First', 4.5, '2024-01-31', '2024-01-31 12:00:00')`,
    "insert into schema_migrations values ('20240131120000')",
  ],
  classes: {
    active_storage_blobs: "ActiveStorageBlobs", ar_internal_metadata: "ArInternalMetadata", posts: "Posts", schema_migrations: "SchemaMigrations", users: "Users",
  },
  left: { sqlite: ["posts_tags"], postgres: ["posts_tags"] },
};
