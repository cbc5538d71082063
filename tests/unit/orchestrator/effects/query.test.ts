import { describe, expect, test } from 'vitest'
import { query } from '../../../../src/orchestrator/effects/query.ts'
import type { Json, Options } from '../../../../src/strategy/index.ts'
import { teamThatSays } from '../../../given/team.ts'

const { team } = teamThatSays({ ann: [{}], ben: [{}], cem: [{}] })
team.agents.get('ann')!.working = 2
for (const nth of [1, 2, 3]) team.send('ben', `Message ${nth}.`, 'strategy')
team.agents.get('cem')!.working = 1

const TRACKED = [
  { type: 'score', data: { n: 1, by: 'ann' }, at: 1 },
  { type: 'score', data: { n: 2, by: 'ben' }, at: 2 },
  { type: 'score', data: { n: 3, by: 'ann' }, at: 3 },
  { type: 'note', data: 'Half done.', at: 4 },
]
const asked = (request: Options): Json =>
  query(request, { ...team.recipients, tracked: TRACKED, variables: { mood: 'calm' } })
const tracked = (filters: Json): unknown => asked({ query_type: 'tracked', filters })
const [first, second, third, note] = TRACKED

describe('QUERY', () => {
  const agent = (name: string, status: string, load: number) => ({
    agent: name,
    agent_id: `run_${name}`,
    profile: 'worker',
    role: null,
    capabilities: [],
    status,
    load,
  })
  const [ann, ben, cem] = [agent('ann', 'working', 2), agent('ben', 'ready', 3), agent('cem', 'working', 1)]

  test('tells of agents, the least loaded first where it is asked so', () => {
    expect(asked({ query_type: 'agents' })).toEqual([ann, ben, cem])
    expect(asked({ query_type: 'agents', filters: { load: 'minimal' } })).toEqual([cem, ann, ben])
    expect(asked({ query_type: 'agents', filters: { status: 'ready' } })).toEqual([ben])
    expect(asked({ query_type: 'agents', filters: { status: 'working', load: 'minimal' } })).toEqual([cem, ann])
  })

  test('gives the newest where it has a limit', () => {
    expect(asked({ query_type: 'agents', limit: 1 })).toEqual([cem])
    expect(asked({ query_type: 'tracked', limit: '2' })).toEqual([third, note])
  })

  test.for<[Json, unknown[]]>([
    [{}, TRACKED],
    [{ type: 'note' }, [note]],
    [{ by: 'ann' }, [first, third]],
    [{ type: 'score', by: 'ben' }, [second]],
    [{ n: { '>': 1 } }, [second, third]],
    [{ n: { '>=': 2, '<': 3 } }, [second]],
    [{ n: { '<=': 1 } }, [first]],
    [{ n: { '==': 3 } }, [third]],
    [{ n: { '!=': 3 } }, [first, second]],
    [{ missing: { '!=': 3 } }, []],
  ])('finds among what was tracked by %j: %j', ([filters, found]) => {
    expect(tracked(filters)).toEqual(found)
  })

  test('tells of the variables of the run, and of its id', () => {
    expect(asked({ query_type: 'context', limit: 1 })).toEqual({ mood: 'calm', orchestration_id: 'run' })
  })

  test.for<[Options, string]>([
    [{ query_type: 'agents', filters: [] }, 'QUERY: filters are []. Give an object.'],
    [{ query_type: 'agents', filters: null }, 'QUERY: filters are null. Give an object.'],
    [{ query_type: 'agents', filters: { rol: 'a' } }, 'QUERY: agents have no "rol". Did you mean "role"?'],
    [{ query_type: 'agents', filters: { load: 'least' } }, 'QUERY: load is "least". Give "minimal".'],
    [{ query_type: 'tracked', filters: { n: { '~': 1 } } }, 'QUERY: there is no comparison "~".'],
    [{ query_type: 'all' }, 'QUERY: there is no query_type "all". There are: agents, tracked, context.'],
  ])('%j is refused: %s', ([request, message]) => {
    expect(() => asked(request)).toThrow(expect.objectContaining({ kind: 'refused_request', message }) as Error)
  })
})
