#!/usr/bin/env bash
# What a person would type to make the same fork on the same machine: create a
# repository, push the base to it, install from npm's cache, build, start, and
# wait for the first 200. The peer of the `fork` benchmark.
#   byHand.sh <name> <folder> <npm cache> <port>
# GITHUB_API_URL, GITHUB_TOKEN and POSTGRES_URL come from the environment.
set -euo pipefail
name=$1 folder=$2 cache=$3 port=$4
auth="http.extraHeader=Authorization: Basic $(printf 'x-access-token:%s' "$GITHUB_TOKEN" | base64 -w0)"

curl -sf -o /dev/null -X POST "$GITHUB_API_URL/orgs/acme/repos" \
  -H "authorization: Bearer $GITHUB_TOKEN" -H 'content-type: application/json' \
  -d "{\"name\":\"$name\"}"
git -c "$auth" clone -q "$GITHUB_API_URL/acme/base-app.git" "$folder"
cd "$folder"
sed -i "s/^  name: base-app$/  name: $name/" catalog-info.yaml
git -c user.name=hand -c user.email=hand@localhost commit -qam "Make it $name"
git -c "$auth" push -q "$GITHUB_API_URL/acme/$name.git" HEAD:main
npm ci --prefer-offline --no-audit --no-fund --cache "$cache" >/dev/null
npm run build >/dev/null
PORT=$port HOSTNAME=127.0.0.1 APP_TITLE=$name npm start >server.log 2>&1 &
echo $! >server.pid
for _ in $(seq 600); do
  curl -sf -o /dev/null "http://127.0.0.1:$port/healthz" && exit 0
  sleep 0.05
done
echo "No answer from $name" >&2
exit 1
