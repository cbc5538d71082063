import { describe, expect, test } from 'vitest'
import { hostText, UnmountedProviderError } from '../../../src/mount/outside.ts'

test.each([
  [{ host: 'api.openai.com', port: 443, secure: true }, 'api.openai.com'],
  [{ host: 'api.openai.com', port: 80, secure: false }, 'api.openai.com'],
  [{ host: 'api.openai.com', port: 80, secure: true }, 'api.openai.com:80'],
  [{ host: 'api.openai.com', port: undefined, secure: true }, 'api.openai.com'],
  [{ host: '::1', port: 8080, secure: false }, '[::1]:8080'],
  [{ host: '[::1]', port: 8080, secure: false }, '[::1]:8080'],
  [{ host: '10.0.0.1', port: 443, secure: false }, '10.0.0.1:443'],
])('%j is written as %s', (destination, text) => {
  expect(hostText(destination)).toBe(text)
})

describe('a call that is refused', () => {
  test('of a provider says how its address is named', () => {
    expect(new UnmountedProviderError('api.openai.com', 'api.openai.com', { isProvider: true })).toMatchObject({
      name: 'UnmountedProviderError',
      code: 'LONGHAUL_UNMOUNTED_PROVIDER',
      message:
        'api.openai.com is a real LLM provider, and this test does not simulate it: longhaul refused the call and sent ' +
        'nothing. Add the address to provider.services.<name>.baseURLs, or point the client at a server of longhaul (startServer).',
    })
  })

  test('of any other host says how it is allowed', () => {
    const { message } = new UnmountedProviderError('https://example.com', 'example.com', { isProvider: false })
    expect(message).toContain('https://example.com is outside of this test')
    expect(message).toContain("allow it with network: { allow: ['example.com'] }")
  })
})
