import { expect, test } from 'vitest'
import { RequestBook } from '../../../src/doors/json-rpc.ts'

const line = (message: object): string => `${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`

test('a request is open until its own answer comes, whatever is said between', () => {
  const book = new RequestBook()
  book.sent(line({ id: 1, method: 'tools/call' }))
  book.sent(line({ id: 2, method: 'tools/list' }))
  book.heard(line({ method: 'notifications/message', params: { data: 'begun' } }))
  book.heard(line({ id: 2, result: {} }))
  expect([...book.ofChild]).toEqual([1])
  book.heard(Buffer.from(line({ id: 1, error: { code: 1, message: 'no' } })))
  expect(book.ofChild.size).toBe(0)
})

test('a request of the child waits for this process', () => {
  const book = new RequestBook()
  book.sent(line({ id: 1, method: 'tools/call' }))
  book.heard(line({ id: 1, method: 'sampling/createMessage' }))
  expect([book.ofChild.size, book.byChild.size]).toEqual([1, 1])
  book.sent(line({ id: 1, result: {} }))
  expect([book.ofChild.size, book.byChild.size]).toEqual([1, 0])
})

test('messages may come in pieces, and with the headers of the Language Server Protocol', () => {
  const book = new RequestBook()
  const request = JSON.stringify({ jsonrpc: '2.0', id: 'a', method: 'initialize' })
  book.sent(`Content-Length: ${request.length}\r\n\r\n${request.slice(0, 20)}`)
  expect(book.ofChild.size).toBe(0)
  book.sent(request.slice(20))
  expect([...book.ofChild]).toEqual(['a'])
  const answer = JSON.stringify({ jsonrpc: '2.0', id: 'a', result: null })
  book.heard(`Content-Length: ${answer.length}\r\n\r\n${answer}Content-Length: 2\r\n\r\n`)
  expect(book.ofChild.size).toBe(0)
})

test('a request that was given up is not waited for', () => {
  const book = new RequestBook()
  book.sent(line({ id: 7, method: 'tools/call' }))
  book.sent(line({ method: 'notifications/cancelled', params: { requestId: 7 } }))
  expect(book.ofChild.size).toBe(0)
})

test('what is no JSON-RPC is passed over', () => {
  const book = new RequestBook()
  book.sent('SELECT 1;\n{"id": 1, "method": "no version"}\n{broken "jsonrpc"}\n')
  book.sent(undefined)
  expect(book.spoken).toBe(false)
})
