#!/bin/bash
# Run once by the image of PostgreSQL when its data is made, as its superuser: two roles that are none. WANGGE_DB_OWNER_PASSWORD is
# for who migrates and owns the tables, WANGGE_DB_PASSWORD for the server, which reads and writes rows only.
set -euo pipefail
psql --set ON_ERROR_STOP=1 --no-psqlrc --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
  --set owner_password="$WANGGE_DB_OWNER_PASSWORD" --set app_password="$WANGGE_DB_PASSWORD" <<'SQL'
CREATE ROLE wangge_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE wangge_app LOGIN PASSWORD :'app_password';
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS btree_gist;
SELECT format('ALTER DATABASE %I OWNER TO wangge_owner', current_database()) \gexec
SELECT format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database()) \gexec
SELECT format('GRANT CONNECT, TEMPORARY ON DATABASE %I TO wangge_app', current_database()) \gexec
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT CREATE, USAGE ON SCHEMA public TO wangge_owner;
SQL
