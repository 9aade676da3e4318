#!/usr/bin/env bash
# npm run test:aws: the packaged template is checked by cfn-lint, and against moto, a server that speaks AWS, run the ports of
# lib/aws, the packaged functions end to end, and a deployment from its first day to its last. Needs Python 3 with venv and pip, and no AWS account.
set -euo pipefail
cd "$(dirname "$0")/../.."

lacks() {
  echo "test:aws: $1 is missing; it needs Python 3.10 or later with venv and pip (Debian: apt-get install python3-venv)." >&2
  exit 1
}
command -v python3 >/dev/null || lacks "python3"
python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' || lacks "a newer python3"
python3 -c 'import venv, ensurepip' 2>/dev/null || lacks "the venv module of python3"

requirements=test/aws/requirements.txt
if ! cmp -s "$requirements" .venv/installed.txt; then
  python3 -m venv --clear .venv
  .venv/bin/pip install --quiet --disable-pip-version-check --requirement "$requirements" ||
    lacks "a package index to install $requirements from"
  cp "$requirements" .venv/installed.txt
fi

server=""
scratch="$(mktemp -d)"
stop() {
  [ -z "$server" ] || { kill "$server" 2>/dev/null && wait "$server" 2>/dev/null; } || true
  rm -rf "$scratch"
}
trap stop EXIT
trap 'exit 130' INT TERM

# The template as it is configured, and with a key of the customer and in the subnets of the customer. Both are checked.
npm run --silent package
variant="$scratch/with-key-and-network"
mkdir "$variant"
cp -r serverless.yml package.json infra dist "$variant"
npm exec -- node test/aws/with-key-and-network.ts >"$variant/dist/deployment.json"
(cd "$variant" && PATH="$OLDPWD/node_modules/.bin:$PATH" osls package >/dev/null)
npm run --silent permissions -- --stage test >"$scratch/permissions.json"
# W3005: osls repeats in DependsOn what Ref and GetAtt already say; it changes nothing.
.venv/bin/cfn-lint --ignore-checks W3005 --regions us-east-1 cn-north-1 cn-northwest-1 -- \
  {.,"$variant"}/.serverless/cloudformation-template-update-stack.json "$scratch/permissions.json"
echo "cfn-lint: no findings"

.venv/bin/python test/aws/server.py >"$scratch/port" 2>"$scratch/log" &
server=$!
until [ -s "$scratch/port" ]; do
  kill -0 "$server" 2>/dev/null || { cat "$scratch/log" >&2; echo "test:aws: moto has ended" >&2; exit 1; }
  sleep 0.2
done
port="$(cat "$scratch/port")"

# Nothing here may reach a real account: invented credentials, and no profile or metadata to find others in.
export AWS_ENDPOINT_URL="http://127.0.0.1:$port" AWS_REGION=us-east-1
export AWS_ACCESS_KEY_ID=invented AWS_SECRET_ACCESS_KEY=invented AWS_SESSION_TOKEN=invented
export AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null AWS_EC2_METADATA_DISABLED=true
unset AWS_PROFILE
npm exec -- vitest run --config test/aws/vitest.config.ts
