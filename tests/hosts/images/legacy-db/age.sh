#!/bin/sh
# The portal's database: tables in latin1 that hold the bytes of an older Vietnamese encoding.
set -eu
printf '[mysqld]\nbind-address=0.0.0.0\nskip-name-resolve\n' > /etc/mysql/mariadb.conf.d/90-portal.cnf
cat > /etc/mysql/portal.sql <<'U'
create database portal character set latin1;
create table portal.citizen (id int auto_increment primary key, name varchar(100)) default charset=latin1 engine=InnoDB;
create table portal.visit (day date, note text) default charset=latin1 engine=MyISAM;
insert into portal.citizen (name) values (unhex('4E677579D4CE6E')), (unhex('5472C7A76E'));
create user portal@'%' identified by 'portal-says-open';
grant all on portal.* to portal@'%';
U
install -d -m 755 -o mysql -g mysql /run/mysqld
mariadbd-safe --skip-networking >/dev/null 2>&1 &
for _ in 1 2 3 4 5 6 7 8 9 10; do mariadb -e 'select 1' >/dev/null 2>&1 && break; sleep 1; done
mariadb < /etc/mysql/portal.sql
mariadb-admin shutdown
wait
rm /etc/mysql/portal.sql
systemctl -q enable mariadb
mkdir -p /srv/share
echo '/srv/share 10.77.0.0/16(ro)' > /etc/exports
