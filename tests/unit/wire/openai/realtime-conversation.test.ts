import { expect, test } from 'vitest'
import type { RealtimeItem } from '../../../../src/wire/openai/realtime/client-events.ts'
import { Conversation } from '../../../../src/wire/openai/realtime/conversation.ts'

const item = (id: string, text = ''): RealtimeItem => ({
  id,
  object: 'realtime.item',
  type: 'message',
  status: 'completed',
  role: 'user',
  content: [{ type: 'input_text', text }],
})
const idsOf = ({ items }: Conversation): string[] => items.map(({ id }) => id)

test('a conversation lets its oldest items go when it has more than one request could bring', () => {
  const long = 'x'.repeat(10 * 1024 * 1024)
  const conversation = new Conversation('conv_1')
  expect(conversation.add(item('a', long))).toBe(null)
  expect(conversation.add(item('b', long))).toBe('a')
  conversation.add(item('c', long))
  expect(idsOf(conversation)).toEqual(['a', 'b', 'c'])
  expect(conversation.add(item('d', long))).toBe('c')
  expect(idsOf(conversation)).toEqual(['b', 'c', 'd'])
  conversation.remove('c')
  conversation.add(item('e', long))
  expect(idsOf(conversation)).toEqual(['b', 'd', 'e'])
})
