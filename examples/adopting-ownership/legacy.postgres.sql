create table account (
  account_id serial primary key,
  email varchar(200) not null unique,
  created_at timestamp not null default now()
);
create table project (
  project_id serial primary key,
  account_id integer not null references account,
  name text not null
);
create table task (
  task_id serial primary key,
  project_id integer not null references project on delete cascade,
  title text not null,
  done boolean not null default false
);
create index task_by_title on task (title);
create table attachment (
  attachment_id serial primary key,
  task_id integer not null,
  account_id integer,
  file_name text not null
);

insert into account (email, created_at) values ('ann@example.com', '2024-05-01 08:30:00'), ('ben@example.com', '2024-05-02 09:00:00');
insert into project (account_id, name) values (1, 'Garden'), (2, 'Boat');
insert into task (project_id, title, done) values (1, 'Dig', true), (1, 'Plant', false), (2, 'Paint', false);
insert into attachment (task_id, account_id, file_name) values (1, 1, 'beds.pdf'), (2, null, 'seeds.csv'), (3, 1, 'colours.png');
