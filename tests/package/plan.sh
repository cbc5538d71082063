#!/bin/sh
# Types the commands of the test plan, block by block in its order, in an empty folder in which the package is installed, and says of each
# whether it does what the plan says. `ksi` is longhaul. What stands behind `#=>` has to be in what the command before it has printed (an
# extended regular expression); what stands behind `#..` is done between two commands: waiting, as the plan says, and remembering ids for
# its placeholders. Whatever goes on for ever (tail -f, watch) is ended after some seconds.
# Usage: tests/package/plan.sh FOLDER, with node_modules/.bin/longhaul in it.
set -u
home=$(cd "${1:?give a folder in which longhaul is installed}" && pwd)
cd "$home" || exit 1
passed=0 failed=0 skipped=0 background='' out='' command='' run='' agent='' checkpoint='' first='' second=''
NO_COLOR=1 LONGHAUL_TIME=100x
unset LONGHAUL_HOME KSI_SOCKET_PATH LONGHAUL_FAIL_RATE OPENAI_BASE_URL ANTHROPIC_BASE_URL
export NO_COLOR LONGHAUL_TIME

# What the plan types is found first: ksi, and tail and watch with an end.
mkdir -p bin
printf '#!/bin/sh\nexec "%s/node_modules/.bin/longhaul" "$@"\n' "$home" >bin/ksi
printf '#!/bin/sh\ntimeout 4 %s "$@"; code=$?; [ $code -eq 124 ] && exit 0; exit $code\n' "$(command -v tail)" >bin/tail
printf '#!/bin/sh\nTERM=xterm timeout 4 %s "$@"; code=$?; [ $code -eq 124 ] && exit 0; exit $code\n' "$(command -v watch)" >bin/watch
python=$(command -v python3)
command -v python >/dev/null || printf '#!/bin/sh\nexec python3 "$@"\n' >bin/python
chmod +x bin/*
PATH=$home/bin:$home/node_modules/.bin:$PATH
export PATH

ended() {
  for pid in $background; do kill -- "-$pid" 2>/dev/null; done
  longhaul daemon stop --layout plan >/dev/null 2>&1
}
trap ended EXIT
trap 'exit 1' HUP INT PIPE TERM

# Reads a key of the newest answer.
key() { printf '%s' "$out" | node -e "let all = ''; process.stdin.on('data', (part) => (all += part)).on('end', () => console.log(process.argv[1].split('.').reduce((value, name) => value?.[name], JSON.parse(all)) ?? ''))" "$1"; }
# until_is TEXT COMMAND …: again and again until the command prints the text; five minutes at most. Says so if it never does.
until_is() {
  wanted=$1
  shift
  end=$(($(date +%s) + 300))
  until out=$("$@" 2>&1) && printf '%s\n' "$out" | grep -Eq -- "$wanted"; do
    [ "$(date +%s)" -lt $end ] || { verdict "$*" "$wanted"; return; }
    sleep 0.3
  done
}
# after SECONDS: until the orchestration $run has gone on for so long, by its own clock.
after() {
  end=$(($(date +%s) + 300))
  while out=$(ksi send orchestration:status --orchestration_id "$run") && [ "$(key duration | cut -d. -f1)" -lt "$1" ]; do
    [ "$(date +%s)" -lt $end ] || return
    sleep 0.3
  done
}
# The daemon, at another pace.
pace() {
  LONGHAUL_TIME=$1
  longhaul daemon restart --layout plan >/dev/null || echo "NOT OK  restart at $1"
}
# Whether the newest output has the text.
verdict() {
  if printf '%s\n' "$out" | grep -Eq -- "$2"; then
    passed=$((passed + 1))
    printf 'ok      %s\n' "$1"
  else
    failed=$((failed + 1))
    printf 'NOT OK  %s\n        wanted: %s\n%s\n' "$1" "$2" "$out"
  fi
}
skip() {
  skipped=$((skipped + 1))
  printf 'skipped %s (%s)\n' "$1" "$2"
}

# Where there is no Python, what the plan starts with it is skipped, and its place taken by longhaul.
without_python() {
  case $1 in
    *http.server*) echo ':' ;;
    *websocket_bridge.py*) echo 'longhaul bridge &' ;;
    *daemon_control.py*) echo "longhaul daemon ${1#*.py } --layout plan" ;;
    *) echo "$1" ;;
  esac
}

# Types one command. One that ends in & is left to go on, in a process group of its own.
enter() {
  case $1 in
    *'&')
      # What is left to go on has a process group of its own, by which it is ended.
      setsid sh -c "${1%&}" >"$home/background.log" 2>&1 &
      background="$background $!"
      out=$(cat "$home/background.log")
      ;;
    *)
      eval "$1" >"$home/out.log" 2>&1
      code=$?
      out=$(cat "$home/out.log")
      [ $code -eq 0 ] || out="exit code $code
$out"
      ;;
  esac
}

# block NAME <<'PLAN' …: types a code block of the plan.
block() {
  printf -- '-- %s\n' "$1"
  typed=''
  pending=''
  while IFS= read -r line <&3; do
    case $line in
      '#=> '*)
        if [ "$command" = ':' ]; then continue
        elif printf '%s' "$out" | grep -Eq 'Address already in use|EADDRINUSE'; then skip "$typed" 'the port is taken'
        else verdict "$typed" "${line#'#=> '}"; fi
        continue ;;
      '#.. '*) eval "${line#'#.. '}"; continue ;;
      '#'* | '') continue ;;
      # Items of a list say what they are for, and then the command.
      '- '*) line=${line#*: } ;;
      *\\) pending="$pending${line%\\}"; continue ;;
    esac
    typed=$(printf '%s%s' "$pending" "$line" | sed "s/<checkpoint_id>/$checkpoint/; s/<id1>/$first/; s/<id2>/$second/; s/<id>/$agent/; s/orchestration_x/$run/")
    pending=''
    command=$typed
    [ -n "$python" ] || command=$(without_python "$typed")
    [ "$command" = "$typed" ] || skip "$typed" 'no Python'
    enter "$command"
  done 3<<TEXT
$(cat)
TEXT
  unset KSI_COMPLETION_PROVIDER_FAIL_RATE
}

# file NAME <<'PLAN' …: writes a YAML block of the plan as it stands there.
file() { cat >"$1"; }

out=$(longhaul init 2>&1)
verdict 'longhaul init' 'written: daemon_control\.py'

block '1.1 Game Theory Orchestration Test' <<'PLAN'
# Setup monitoring
./daemon_control.py start
#=> started; it answers at .*/var/run/daemon\.sock
python websocket_bridge.py &
#.. until_is 'longhaul bridge answers|EADDRINUSE' cat background.log
#=> longhaul bridge answers at ws://127.0.0.1:8765
cd ksi_web_ui && python -m http.server 8080 &
#.. [ "$command" = ':' ] || until_is '<title>longhaul|in use' sh -c 'cat background.log; curl -s http://localhost:8080'
#=> <title>longhaul

# Run with reduced rounds for initial test
ksi send orchestration:start --pattern game_theory_orchestration_v2 \
  --vars '{"max_rounds": 10}'  # Start small
#=> "status":"started".*_player_4"
#.. run=$(key orchestration_id); until_is '"state":"completed"' ksi send orchestration:status --orchestration_id "$run"
#=> "rounds":10,"scores":\{"player_1":[1-9]
PLAN
# Four agents take 30 to 60 s for a round.
[ "$(key duration | cut -d. -f1)" -ge 300 ] && out='five minutes at least'
verdict 'ten rounds' 'five minutes at least'

file timeout_resilience_test.yaml <<'PLAN'
# timeout_resilience_test.yaml
agents:
  fast_agent:
    profile: base_single_agent
    vars:
      response_time: "fast"
  
  slow_agent:
    profile: base_single_agent
    vars:
      response_time: "slow"  # 20-30s responses
      
  timeout_agent:
    profile: base_single_agent
    vars:
      response_time: "timeout"  # Will timeout

orchestration_logic:
  strategy: |
    GATHER responses FROM all_agents WITH timeout: 15s
    LOG collected_responses
    ASSERT len(responses) >= 2  # Should work with partial results
PLAN
block '1.2 Timeout Resilience Test' <<'PLAN'
ksi send orchestration:start --pattern timeout_resilience_test
#=> "status":"started".*_timeout_agent
#.. run=$(key orchestration_id); until_is '"state":"(completed|failed)"' ksi send orchestration:status --orchestration_id "$run"
#=> "state":"completed"
ksi send monitor:get_events --orchestration_id orchestration_x --event_patterns log,gather.ended
#=> "received":\["fast_agent","slow_agent"\],"missing":\["timeout_agent"\]
PLAN

block '1.3 Cost Tracking Validation' <<'PLAN'
# Track costs for 50 simple completions
ksi send orchestration:start --pattern cost_tracking_test
#=> "status":"started"
#.. run=$(key orchestration_id); until_is '"state":"completed"' ksi send orchestration:status --orchestration_id "$run"

# Verify costs match expected
ksi send state:get --entity_type cost_tracking --entity_id orchestration_x
#=> "calls":50,.*"known":"(\$0\.[0-9]+)","uncertain":"\$0\.00","billed":"\1"
PLAN

block '2.1 Agent Failure Recovery' <<'PLAN'
# Start orchestration
ksi send orchestration:start --pattern multi_agent_evolution_scale
#=> "status":"started"
#.. run=$(key orchestration_id); after 300

# After 5 minutes, terminate one agent
ksi send agent:terminate --agent_id scale_worker_2
#=> "status":"terminated"

# Monitor recovery
ksi send orchestration:status --pattern multi_agent_evolution_scale
#=> _scale_worker_2":\{"spawned":true,"profile":"worker","status":"terminated"
#.. pace 1000x; until_is '"state":"completed"' ksi send orchestration:status --orchestration_id "$run"
#=> "done":480,.*"undone":\[\]
#.. pace 100x
PLAN

block '2.2 LLM Provider Failure Simulation' <<'PLAN'
# Configure circuit breaker test
export KSI_COMPLETION_PROVIDER_FAIL_RATE=0.5  # 50% failure rate

# Run orchestration
ksi send orchestration:start --pattern stress_test_decisions
#=> "status":"started"
#.. run=$(key orchestration_id); until_is '"state":"completed"' ksi send orchestration:status --orchestration_id "$run"

# Monitor retry behavior and failover
tail -f var/logs/daemon_*.log | grep -E "(retry|circuit|failover)"
#=> retry 1 in [0-9.]+s: (analyst|critic|editor) at openai/gpt-4o-mini
ksi send orchestration:status --pattern stress_test_decisions
#=> "state":"completed".*"rounds":10
ksi send completion:retry_status --orchestration_id orchestration_x
#=> "requests":[1-9][0-9]*,"retries":[1-9]
PLAN

block '2.3 Session Recovery Test' <<'PLAN'
# Start long orchestration
ksi send orchestration:start --pattern game_theory_orchestration_v2
#=> "status":"started"
#.. run=$(key orchestration_id); until_is '"message_count":([4-9][0-9]|[0-9]{3})' ksi send orchestration:status --orchestration_id "$run"

# After 10 rounds, restart daemon
./daemon_control.py restart
#=> started; it answers at

# Verify sessions recover
ksi send completion:session_status
#=> _player_1","kind":"agent","status":"alive","messages":[2-9][0-9]
ksi send orchestration:status --pattern game_theory_orchestration_v2
#=> "state":"running"
#.. ksi send orchestration:terminate --orchestration_id "$run" >/dev/null
PLAN

block '3.1 Extended Game Theory Run' <<'PLAN'
# Full 100-round test
ksi send orchestration:start --pattern game_theory_orchestration_v2 \
  --vars '{"max_rounds": 100}'
#=> "status":"started"
#.. run=$(key orchestration_id)

# Monitor every 30 minutes:
- Agent health: ksi send agent:health
#=> _player_4","status":"healthy"
- Cost accumulation: ksi send orchestration:cost_status
#=> "known":"\$[0-9]
- Event log size: ls -lh var/logs/event_log_*.jsonl
#=> event_log_current\.jsonl
- State DB size: ls -lh var/state/ksi_state.db
#=> ksi_state\.db
#.. pace 1000x; until_is '"state":"completed"' ksi send orchestration:status --orchestration_id "$run"
#=> "rounds":100,
ksi send agent:list
#=> "agents":\[\],"count":0
ksi send state:get --entity_type cost_tracking --entity_id orchestration_x
#=> "calls":40[0-9],.*"known":"\$[1-9]
PLAN

block '3.2 Multi-Day Suspend/Resume Test' <<'PLAN'
# Start orchestration with checkpoint enabled
ksi send orchestration:start --pattern evolution_marathon \
  --vars '{"enable_checkpoints": true, "checkpoint_interval": 3600}'
#=> "status":"started"
#.. run=$(key orchestration_id); after 7200

# After 2 hours, suspend
ksi send orchestration:suspend --pattern evolution_marathon
#=> "status":"suspended"
#.. checkpoint=$(key checkpoint_id); calls=$(ksi send orchestration:cost_status --orchestration_id "$run" | sed 's/.*"calls":\([0-9]*\).*/\1/')

# Next day, resume
ksi send orchestration:resume --checkpoint_id <checkpoint_id>
#=> "status":"resumed"
#.. until_is '"checkpoint_id":"[^"]*","name":"interval"' ksi send orchestration:checkpoints --orchestration_id "$run"
#=> "name":"interval"
ksi send orchestration:status --pattern evolution_marathon
#=> "state":"running"
#.. ksi send orchestration:terminate --orchestration_id "$run" >/dev/null
PLAN

file sequential_pattern.yaml <<'PLAN'
# sequential_pattern.yaml
FOR agent IN agents:
  response = AWAIT completion FROM agent
  COLLECT response
PLAN
file parallel_pattern.yaml <<'PLAN'
# parallel_pattern.yaml  
responses = GATHER completions FROM agents WITH timeout: 30s
PROCESS responses
PLAN
block '4.1 Parallel Coordination Efficiency' <<'PLAN'
ksi send orchestration:start --pattern sequential_pattern
#=> _agent_10"
#.. first=$(key orchestration_id); until_is '"state":"completed"' ksi send orchestration:status --orchestration_id "$first"
ksi send orchestration:start --pattern parallel_pattern
#=> _agent_10"
#.. second=$(key orchestration_id); until_is '"state":"completed"' ksi send orchestration:status --orchestration_id "$second"
ksi send metrics:compare --run1 <id1> --run2 <id2>
#=> "duration_ratio":0\.[0-9]+
PLAN

block '4.2 Semantic Caching Benefit' <<'PLAN'
# Run orchestration twice - second run should be faster
ksi send orchestration:start --pattern semantic_test --enable_cache true
#=> "status":"started"
#.. first=$(key orchestration_id); until_is '"state":"completed"' ksi send orchestration:status --orchestration_id "$first"
ksi send orchestration:start --pattern semantic_test --enable_cache true
#.. second=$(key orchestration_id); until_is '"state":"completed"' ksi send orchestration:status --orchestration_id "$second"

# Compare token usage between runs
ksi send metrics:compare --run1 <id1> --run2 <id2>
#=> "total_tokens":0,"token_ratio":0,.*"cache":\{"hits":6,"misses":0,.*"tokens_saved":[1-9]
PLAN

block '5.1 Cost Budget Enforcement' <<'PLAN'
# Set budget limit
ksi send orchestration:start --pattern game_theory_orchestration_v2 \
  --vars '{"budget_limit": 5.00, "max_rounds": 100}'
#=> "status":"started"
#.. run=$(key orchestration_id); until_is '"state":"completed"' ksi send orchestration:status --orchestration_id "$run"

# Verify stops when budget exceeded
#=> "stopped_by":"[^"]*The budget of \$5\.00 does not allow another call
ksi send orchestration:cost_status --orchestration_id orchestration_x
#=> "known":"\$4\.[0-9]+".*"budget_limit":"\$5\.00"
PLAN

pace 100x
block '5.2 Observability Validation' <<'PLAN'
# Run orchestration with full observability
ksi send orchestration:start --pattern multi_agent_evolution_scale \
  --vars '{"trace_enabled": true}'
#=> "status":"started"
#.. run=$(key orchestration_id); agent=${run}_scale_worker_1; after 60

# Verify can trace:
#.. out=$(ksi send monitor:get_events --orchestration_id "$run" --event_patterns completion.traced --limit 1)
#=> "tookMs":[0-9]+,"waitedMs":[0-9]+,"inputTokens":[1-9]
#.. out=$(ksi send completion:token_usage --orchestration_id "$run")
#=> "input_tokens":[1-9]
#.. out=$(ksi send metrics:cost --orchestration_id "$run")
#=> "known":"\$0\.[0-9]+"
PLAN

block 'Monitoring Commands' <<'PLAN'
# Real-time agent health
watch -n 10 'ksi send agent:health'
#=> scale_worker_1

# Cost tracking
ksi send metrics:cost --last_hours 1
#=> "known":"\$[0-9.]+".*"since":

# Session status
ksi send completion:sessions --active
#=> _scale_worker_1","kind":"agent","status":"alive"

# Orchestration status
ksi send orchestration:list --running
#=> "state":"running","pattern":"multi_agent_evolution_scale"
PLAN

block 'Debugging Commands' <<'PLAN'
# Trace specific agent
ksi send agent:trace --agent_id <id> --duration 300
#=> "events":\[\{"event_name"

# Check circuit breaker status
ksi send completion:provider_status
#=> "circuit_breaker":\{"state":"closed"

# View retry queues
ksi send completion:retry_status
#=> "total_retrying":[0-9]
PLAN

block 'beside the plan' <<'PLAN'
ksi send system:config
#=> "failover":\["claude-haiku-4-5"\]
./daemon_control.py status
#=> simulated services
./daemon_control.py health
#=> "status": "healthy"
./daemon_control.py stop
#=> stopped
PLAN
out=$(ksi send system:shutdown --dry_run true 2>&1)
verdict 'an event without a daemon' 'longhaul daemon start'

echo "$passed commands as planned, $failed not, $skipped skipped"
[ $failed -eq 0 ]
