/** An environment variable that longhaul reads. */
interface Variable {
  name: string
  default: string
  about: string
}

/** What tests read. */
export const OF_TESTS: readonly Variable[] = [
  { name: 'LONGHAUL_SEED', default: '`1`', about: 'The seed of the run, or the first seed of a sweep.' },
  { name: 'LONGHAUL_TIME', default: '`virtual`', about: 'The clock: `virtual`, `real`, or a factor such as `60x`.' },
  {
    name: 'LONGHAUL_EPOCH',
    default: '–',
    about: 'The simulated date at which each test starts, such as `2030-01-08`.',
  },
  { name: 'LONGHAUL_FAIL_RATE', default: '`0`', about: 'Share of calls that fail, from 0 to 1.' },
  { name: 'LONGHAUL_LATENCY_SCALE', default: '`1`', about: 'Factor on every latency.' },
  { name: 'LONGHAUL_CHECKS', default: '`all`', about: '`off` turns all invariant checks off.' },
  {
    name: 'LONGHAUL_UNUSED',
    default: '`warn`',
    about: '`error`, `warn` or `ignore` for parts of the set-up that no call uses.',
  },
  { name: 'LONGHAUL_REPLAY', default: '–', about: 'Repeats one case of a sweep; a failing test prints the value.' },
  { name: 'LONGHAUL_SEEDS', default: 'seeds in the file', about: 'Number of seeds of each sweep.' },
  { name: 'LONGHAUL_SWEEP', default: 'all cases', about: 'One shard of the cases of each sweep, such as `1/4`.' },
  { name: 'LONGHAUL_TRACES', default: '–', about: 'A folder to which each test writes its trace as NDJSON.' },
]

/** What the daemon and the commands read. */
export const OF_COMMANDS: readonly Variable[] = [
  { name: 'LONGHAUL_HOME', default: '`.longhaul`', about: 'The folder of the files of the daemon.' },
  { name: 'LONGHAUL_LOG_BYTES', default: '4 MiB', about: 'The size at which the daemon rotates its event log.' },
  { name: 'LONGHAUL_LOG_KEEP', default: '`5`', about: 'The number of rotated event logs that the daemon keeps.' },
  { name: 'KSI_SOCKET_PATH', default: '`var/run/daemon.sock`', about: 'The socket of the daemon, as KSI names it.' },
  {
    name: 'KSI_COMPLETION_PROVIDER_FAIL_RATE',
    default: '–',
    about: "The test plan's name of `LONGHAUL_FAIL_RATE`, which takes precedence.",
  },
  { name: 'OPENAI_API_KEY', default: '–', about: 'The key that the daemon uses with `--live`.' },
  { name: 'ANTHROPIC_API_KEY', default: '–', about: 'The key that the daemon uses with `--live`.' },
  { name: 'OPENAI_BASE_URL', default: '–', about: 'The daemon sends calls for OpenAI to this address.' },
  { name: 'ANTHROPIC_BASE_URL', default: '–', about: 'The daemon sends calls for Anthropic to this address.' },
]

/** What longhaul sets for its own child processes. */
export const INTERNAL: readonly string[] = ['LONGHAUL_GUARD', 'LONGHAUL_ENDS_WITH', 'LONGHAUL_LIFELINE']
