-- The portal's tables as they grew: two engines, days that are none, text in TCVN3 under latin1.
drop table citizen;
create table citizen (id int auto_increment primary key, name varchar(100) not null,
  address varchar(200), born date not null default '0000-00-00', key name (name))
  engine=InnoDB default charset=latin1;
create table dossier (id int auto_increment primary key, receipt varchar(40) not null,
  name varchar(100) not null, matter varchar(200) not null, state varchar(20) not null default 'moi',
  sent datetime not null, unique key receipt (receipt)) engine=InnoDB default charset=latin1;
create user mover@'%';
grant all on *.* to mover@'%' with grant option;
