import { posix } from 'node:path'
import { defineConfig } from 'vitepress'

const page = (text: string, link: string) => ({ text, link })

/** Where the source can be read, which is known on GitHub alone. */
const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_SHA: commit } = process.env
const source = server && repository ? `${server}/${repository}/blob/${commit ?? 'main'}/` : undefined

export default defineConfig({
  title: 'longhaul',
  description:
    'Integration tests for multi-agent LLM orchestrations that run for hours, as Vitest files that take seconds',
  base: process.env['DOCS_BASE'] ?? '/',
  head: [
    ['link', { rel: 'icon', href: 'data:,' }],
    // Lines of code have up to 120 characters.
    [
      'style',
      {},
      '.VPDoc.has-aside .content-container{max-width:860px!important}.vp-doc [class*=language-] code{font-size:13px!important}',
    ],
  ],
  // The Markdown is read on GitHub and in the package too, where a folder shows its README.
  rewrites: { 'README.md': 'index.md', 'reference/README.md': 'reference/index.md', 'api/README.md': 'api/index.md' },
  markdown: {
    config(md) {
      // Code is no template of Vue, whatever braces it has.
      const inline = md.renderer.rules.code_inline!
      md.renderer.rules.code_inline = (tokens, index, ...rest) => {
        tokens[index]!.attrSet('v-pre', '')
        return inline(tokens, index, ...rest)
      }
      // Languages that no highlighter knows.
      md.core.ruler.push('plain', ({ tokens }) => {
        for (const token of tokens)
          if (token.type === 'fence' && ['strategy', 'sketch', 'ebnf'].includes(token.info)) token.info = 'txt'
      })
      // Links to files outside of docs/ lead to the repository; where that is not known, their text stays.
      md.core.ruler.push('outside', ({ tokens, env }) => {
        const folder = posix.dirname((env as { relativePath?: string }).relativePath ?? '')
        for (const { children } of tokens) {
          let isOutside = false
          for (const token of children ?? []) {
            if (token.type === 'link_open') {
              const href = token.attrGet('href') ?? ''
              const target = posix.join(folder, href)
              isOutside = !href.includes(':') && (target.startsWith('../') || /\.(ts|ya?ml|json)$/.test(target))
              if (!isOutside) continue
              if (source) token.attrSet('href', source + posix.join('docs', target))
              else Object.assign(token, { tag: 'span', attrs: null })
            } else if (token.type === 'link_close' && isOutside) {
              if (!source) token.tag = 'span'
              isOutside = false
            }
          }
        }
      })
    },
  },
  vite: { build: { chunkSizeWarningLimit: 2_000 } },
  themeConfig: {
    search: {
      provider: 'local',
      // Pages that explain come before those that list.
      options: {
        miniSearch: {
          searchOptions: {
            boostDocument: (id: string) => (id.includes('/api/') ? 0.2 : id.includes('/reference/') ? 0.6 : 1),
          },
        },
      },
    },
    outline: [2, 3],
    nav: [page('Start', '/first-test'), page('Reference', '/reference/'), page('API', '/api/')],
    sidebar: [
      {
        text: 'Start',
        items: [
          page('Why longhaul', '/'),
          page('Install, and a first test', '/first-test'),
          page('Connect your code', '/connect'),
          page('Name the agents', '/agents'),
          page('Recipes for frameworks', '/frameworks'),
        ],
      },
      {
        text: 'Set up a run',
        items: [
          page('Script replies', '/replies'),
          page('Failures, latency and limits', '/faults'),
          page('Simulated services', '/services'),
          page('Your own APIs', '/your-apis'),
        ],
      },
      {
        text: 'Test',
        items: [
          page('Assertions', '/assertions'),
          page('See what happened', '/report'),
          page('Stop and restart', '/restart'),
          page('Invariant checks', '/checks'),
          page('Sweeps and replay', '/sweeps'),
          page('CI', '/ci'),
          page('Predict costs', '/cost-model'),
          page('Perfetto, OpenTelemetry, Prometheus', '/telemetry'),
        ],
      },
      {
        text: 'How it behaves',
        items: [
          page('In Vitest', '/vitest'),
          page('The clock', '/clock'),
          page('The network of a test', '/network'),
          page('Other mounts and runners', '/mounts'),
        ],
      },
      {
        text: 'YAML patterns',
        items: [
          page('Patterns', '/patterns'),
          page('The strategy language', '/strategy-language'),
          page('Resilience', '/resilience'),
          page('The daemon and the CLI', '/daemon'),
          page('Watch a daemon', '/dashboard'),
          page('Runbook', '/runbook'),
          page('KSI and the test plan', '/test-plan'),
          page('Results of the plan', '/results'),
        ],
      },
      {
        text: 'Reference',
        items: [
          page('Overview', '/reference/'),
          page('Options', '/reference/options'),
          page('Fixtures and matchers', '/reference/fixtures-and-matchers'),
          page('Events of a trace', '/reference/events'),
          page('Environment variables', '/reference/environment'),
          page('Checks', '/reference/checks'),
          page('Faults', '/reference/faults'),
          page('Services', '/reference/services'),
          page('CLI commands', '/reference/cli'),
          page('Events of the daemon', '/reference/daemon-events'),
          page('Errors', '/reference/errors'),
          page('API', '/api/'),
        ],
      },
      {
        text: 'More',
        items: [
          page('Troubleshooting', '/troubleshooting'),
          page('What stays stable', '/stability'),
          page('Security', '/security'),
          page('Reliability', '/reliability'),
          page('Contributing', '/contributing'),
          page('Architecture', '/architecture'),
        ],
      },
    ],
  },
})
