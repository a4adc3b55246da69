create table account (
  account_id integer primary key autoincrement,
  email varchar(200) not null unique,
  created_at datetime not null default current_timestamp
);
create table project (
  project_id integer primary key autoincrement,
  account_id integer not null references account,
  name text not null
);
create table task (
  task_id integer primary key autoincrement,
  project_id integer not null references project on delete cascade,
  title text not null,
  done boolean not null default 0
);
create index task_by_title on task (title);
create table attachment (
  attachment_id integer primary key autoincrement,
  task_id integer not null,
  account_id integer,
  file_name text not null
);

insert into account (email, created_at) values ('ann@example.com', '2024-05-01 08:30:00'), ('ben@example.com', '2024-05-02 09:00:00');
insert into project (account_id, name) values (1, 'Garden'), (2, 'Boat');
insert into task (project_id, title, done) values (1, 'Dig', 1), (1, 'Plant', 0), (2, 'Paint', 0);
insert into attachment (task_id, account_id, file_name) values (1, 1, 'beds.pdf'), (2, null, 'seeds.csv'), (3, 1, 'colours.png');
