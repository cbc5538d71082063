import { globSync, readFileSync } from 'node:fs'
import { describeOrchestration } from 'longhaul'

/** What an SDK asks for, as its code says it. */
interface Asking {
  /** Where its client goes. */
  at: string
  /** Its files, below `node_modules`. */
  files: string
  /** What is asked for, in one match each: groups `method` and `path`, or `path` alone. */
  calls: RegExp
  /** Endpoints that are simulated, at least. */
  simulated: number
}

/** How clients made by Stainless ask. */
const STAINLESS =
  /_client\.(?<method>get|post|put|patch|delete|getAPIList)\((?:path ?`(?<path>[^`]+)`|'(?<plain>[^']+)')/g

const SDKS: Readonly<Record<string, Asking>> = {
  openai: { at: 'https://api.openai.com/v1', files: 'openai/resources/**/*.mjs', calls: STAINLESS, simulated: 36 },
  anthropic: {
    at: 'https://api.anthropic.com',
    files: '@anthropic-ai/sdk/resources/**/*.mjs',
    calls: STAINLESS,
    simulated: 9,
  },
  google: {
    at: 'https://generativelanguage.googleapis.com/v1beta',
    files: '@google/genai/dist/node/index.mjs',
    calls: /formatMap\('(?<path>[^']+)'[^]{0,900}?httpMethod: '(?<method>[A-Z]+)'/g,
    simulated: 3,
  },
  bedrock: {
    at: 'https://bedrock-runtime.us-east-1.amazonaws.com',
    files: '@aws-sdk/client-bedrock-runtime/dist-cjs/**/*.js',
    calls: /\["(?<method>[A-Z]+)", ?"(?<path>\/[^"]*)", ?\d+\]/g,
    simulated: 5,
  },
  cohere: {
    at: 'https://api.cohere.com',
    files: 'cohere-ai/api/resources/**/Client.js',
    calls: /\.Production, [^;]*?[`"](?<path>v\d\/[^`"]+)[`"]\)*,\s+method: "(?<method>[A-Z]+)"/g,
    simulated: 5,
  },
  mistral: {
    at: 'https://api.mistral.ai',
    files: '@mistralai/mistralai/esm/funcs/*.js',
    calls: /pathToFunc\("(?<path>[^"]+)"\)[^]*?method: "(?<method>[A-Z]+)"/g,
    simulated: 7,
  },
  ollama: {
    at: 'http://localhost:11434',
    files: 'ollama/dist/browser.mjs',
    calls: /(?<method>get|post|del)\(this\.fetch, `\$\{this\.config\.host\}(?<path>\/[^`]+)`/g,
    simulated: 5,
  },
}

/** A path with something in place of each of its parameters. */
const filled = (path: string): string =>
  path
    .replace(/\?.*$/, '')
    .replaceAll(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, 'x')
    .replaceAll('{model}', 'models/x')
    .replaceAll(/\{[^}]+\}/g, 'x')
    .replace(/^\/?/, '/')

const methodOf = (method = 'get'): string =>
  ({ getapilist: 'GET', del: 'DELETE' })[method.toLowerCase()] ?? method.toUpperCase()

/** All that an SDK may ask for, once each. */
function askedBy({ files, calls }: Asking): string[] {
  const found = globSync(`node_modules/${files}`).flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(calls)].map(
      ({ groups = {} }) => `${methodOf(groups['method'])} ${filled(groups['path'] ?? groups['plain'] ?? '')}`,
    ),
  )
  return [...new Set(found)].toSorted()
}

describeOrchestration(
  'whatever an SDK may ask for is answered, or clearly refused',
  { system: async () => undefined, checks: false, provider: { latency: '1s' } },
  (test) => {
    for (const [name, sdk] of Object.entries(SDKS))
      test(`by ${name}`, async ({ expect }) => {
        const all = askedBy(sdk)
        const unclear: string[] = []
        let simulated = 0
        for (const each of all) {
          const [method, path = ''] = each.split(' ')
          const response = await fetch(sdk.at + path, {
            method: method!,
            headers: {
              authorization: 'Bearer test',
              'x-api-key': 'test',
              'x-goog-api-key': 'test',
              'content-type': 'application/json',
            },
            ...(method !== 'GET' && { body: '{}' }),
          })
          const text = await response.text()
          if (/Invalid URL|does not simulate/.test(text)) {
            if (!text.includes('longhaul does not simulate'))
              unclear.push(`${each}: ${response.status} ${text.slice(0, 120)}`)
          } else simulated += 1
        }
        expect(unclear).toEqual([])
        expect(simulated).toBeGreaterThanOrEqual(sdk.simulated)
      })
  },
)
