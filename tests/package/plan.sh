#!/bin/sh
# The test plan's commands one after another, against a real daemon and simulated models, each with what it has to print.
# Usage: tests/package/plan.sh [the command, such as "npx longhaul"]
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
longhaul=${1:-"node $root/dist/cli/main.js"}
PATH=$root/node_modules/.bin:$PATH
LONGHAUL_HOME=$(mktemp -d)
# Both processes run a hundred times as fast as the wall clock.
LONGHAUL_TIME=100x
export LONGHAUL_HOME LONGHAUL_TIME NO_COLOR=1
# The plan's own name of the rate, for those that have it in their scripts.
export KSI_COMPLETION_PROVIDER_FAIL_RATE="${KSI_COMPLETION_PROVIDER_FAIL_RATE:-0.2}"
failed=0
passed=0
cd "$root" || exit 1

$longhaul serve --time 100x --latency 3s >"$LONGHAUL_HOME/serve.log" &
provider=$!
trap '$longhaul daemon stop >/dev/null 2>&1; kill $provider 2>/dev/null; rm -rf "$LONGHAUL_HOME"' EXIT
until grep -q ANTHROPIC_BASE_URL "$LONGHAUL_HOME/serve.log"; do :; done
OPENAI_BASE_URL=$(sed -n 's/.*OPENAI_BASE_URL=//p' "$LONGHAUL_HOME/serve.log")
ANTHROPIC_BASE_URL=$(sed -n 's/.*ANTHROPIC_BASE_URL=//p' "$LONGHAUL_HOME/serve.log")
export OPENAI_BASE_URL ANTHROPIC_BASE_URL

# expect TEXT COMMAND …: the command succeeds, and prints the text (an extended regular expression).
expect() {
  wanted=$1
  shift
  out=$("$@" 2>&1)
  code=$?
  if [ $code -eq 0 ] && printf '%s\n' "$out" | grep -Eq -- "$wanted"; then
    passed=$((passed + 1))
    printf 'ok      %s\n' "$*"
  else
    failed=$((failed + 1))
    printf 'NOT OK  %s\n        exit code %s; wanted: %s\n%s\n' "$*" "$code" "$wanted" "$out"
  fi
}
# Sends an event.
send() { $longhaul send "$@"; }
# Reads a key of the answer in $out.
key() { printf '%s' "$out" | node -e "const at = process.argv[1].split('.'); console.log(at.reduce((value, name) => value?.[name], JSON.parse(fs.readFileSync(0, 'utf8'))))" "$1"; }
# until_is TEXT COMMAND …: again and again until it prints the text; a minute at most.
until_is() {
  wanted=$1
  shift
  end=$(($(date +%s) + 60))
  until out=$("$@" 2>&1) && printf '%s\n' "$out" | grep -Eq -- "$wanted"; do
    [ "$(date +%s)" -lt $end ] || break
  done
  expect "$wanted" printf '%s\n' "$out"
}

# The daemon.
expect 'started; it answers' $longhaul daemon start
[ $failed -eq 0 ] || exit 1
expect 'runs, 0 orchestration' $longhaul daemon status
expect '"status": "healthy"' $longhaul daemon health
expect '"status":"healthy"' send system:health
expect '^orchestration:start' $longhaul discover
expect '--checkpoint-id' $longhaul help orchestration:resume

# Phase 1: rounds of a game, timeouts with partial results, costs.
expect '"status":"started"' send orchestration:start --pattern cost_tracking_test --vars '{"completions_each": 3}'
game=$(key orchestration_id)
expect '"status":"started"' send orchestration:start --pattern timeout_resilience_test
timeouts=$(key orchestration_id)
until_is '"state":"completed"' send orchestration:status --orchestration-id "$game"
until_is '"state":"completed"' send orchestration:status --orchestration-id "$timeouts"
expect '"known":"\$0\.[0-9]+"' send orchestration:cost_status --orchestration-id "$game"
expect '"orchestrations":2' send metrics:cost
expect 'cost_ratio' send metrics:compare --orchestration-ids "[\"$game\", \"$timeouts\"]"
expect '"input_tokens":[1-9]' send completion:token_usage

# Phase 2: agents die, providers fail, the daemon is started again.
expect '"status":"started"' send orchestration:start --pattern long_running --vars '{"max_rounds": 300}'
run=$(key orchestration_id)
expect '"count":4' send agent:terminate --pattern "${run}_*" --dry-run
expect '"status":"healthy"' send agent:health --agent-id "${run}_worker_1"
expect '"status":"terminated"' send agent:terminate --agent-id "${run}_worker_2"
expect '"status":"terminated"' send agent:health --agent-id "${run}_worker_2"
expect '"total_events"' send agent:trace --agent-id "${run}_worker_1"
expect '"circuit_breaker"' send completion:provider_status
expect '"recent_failures"' send completion:provider_status --provider openai
expect '"total_retrying"' send completion:retry_status
expect "${run}_worker_3" send completion:sessions
expect 'started; it answers' $longhaul daemon restart
expect '"state":"running"' send orchestration:status --orchestration-id "$run"

# Phase 3: suspended and gone on with, from where it stood and from a checkpoint.
expect '"status":"suspended"' send orchestration:suspend --orchestration-id "$run"
checkpoint=$(key checkpoint_id)
expect '"state":"suspended"' send orchestration:status --orchestration-id "$run"
expect "$checkpoint" send orchestration:checkpoints --orchestration-id "$run"
expect '"status":"resumed"' send orchestration:resume --orchestration-id "$run" --checkpoint_id "$checkpoint"
expect '"value":300' send state:get --orchestration-id "$run" --name max_rounds
expect "$run" send orchestration:list --state running
expect '"status":"terminating"' send orchestration:request_termination --orchestration-id "$run"
until_is '"state":"terminated"' send orchestration:status --orchestration-id "$run"

# Phases 4 and 5: what was seen, and by whom.
expect '"status":"queued"' send completion:async --prompt 'What did they agree on?' --session-id minutes
until_is '"status":"completed"' send completion:session_status --session-id minutes
expect '"events":\[\{' send monitor:get_events --event-patterns '["gather.*"]' --limit 5
expect '"status":"running"' send monitor:get_status
expect '"id":"report"' send state:entity:create --type document --id report --properties '{"pages": 3}'
expect '"count":1' send state:entity:query --type document --where '{"pages": 3}'
expect 'orchestration_id +state' send orchestration:list --output-format table
expect 'stopped' $longhaul daemon stop

# What goes wrong is said by the exit code too.
$longhaul daemon status >/dev/null
[ $? -eq 3 ] && passed=$((passed + 1)) || { failed=$((failed + 1)); echo 'NOT OK  daemon status without a daemon'; }
send system:health >/dev/null 2>&1
[ $? -eq 2 ] && passed=$((passed + 1)) || { failed=$((failed + 1)); echo 'NOT OK  send without a daemon'; }

echo "$passed commands as planned, $failed not"
[ $failed -eq 0 ]
