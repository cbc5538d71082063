import { expect, test } from 'vitest'
import { errorsOf } from '../../../../src/wire/vendor/errors.ts'

const messageOf = (body: unknown): string => (JSON.parse(String(body)) as { error: { message: string } }).error.message

test('placeholders are filled in the words of the vendor, and not in what a request has sent', () => {
  const { refusal } = errorsOf({ errors: { texts: { overloaded: { message: '{model} is busy, {name}.' } } } })
  const request = { model: '{limit} {constructor}', requestId: 'r', asked: {} }
  expect(messageOf(refusal({ kind: 'overloaded', retryAfterMs: 0 }, {}, request).body)).toBe(
    '{limit} {constructor} is busy, {name}.',
  )
  const { body } = errorsOf({}).refusal({ kind: 'model_not_found', model: request.model }, {}, request)
  expect(messageOf(body)).toContain('`{limit} {constructor}`')
  const large = { kind: 'request_too_large', limit: 'tokens', perMinute: 1_000, requested: 4_009 } as const
  expect(messageOf(errorsOf({}).refusal(large, {}, request).body)).toBe(
    'Request too large for {limit} {constructor} on tokens per minute (TPM): Limit 1000, Requested 4009.',
  )
})
