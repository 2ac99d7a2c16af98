#!/bin/bash
# On the first start of the database server: a database for each service, and a user who may do there what the service
# and its migrations do, and nothing elsewhere.
set -euo pipefail

text() { # as SQL has it
  local value=${1//\\/\\\\}
  printf "'%s'" "${value//\'/\'\'}"
}
name() {
  printf '`%s`' "${1//\`/\`\`}"
}
pattern() { # a grant takes _ and % for any character
  local value=${1//_/\\_}
  name "${value//%/\\%}"
}

database() { # database NAME USER PASSWORD
  cat << SQL
CREATE DATABASE IF NOT EXISTS $(name "$1") CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE USER IF NOT EXISTS $(text "$2")@'%' IDENTIFIED BY $(text "$3");
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX, REFERENCES ON $(pattern "$1").* TO $(text "$2")@'%';
SQL
}

# Whoever sources this may have said which password the administrator has at this moment.
{
  database "$AUTH_DB_NAME" "$AUTH_DB_USER" "$AUTH_DB_PASSWORD"
  database "$CHAT_DB_NAME" "$CHAT_DB_USER" "$CHAT_DB_PASSWORD"
} | MYSQL_PWD=${MYSQL_PWD-$MYSQL_ROOT_PASSWORD} mysql --protocol=socket --user=root
