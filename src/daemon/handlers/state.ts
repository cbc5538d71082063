import type { Direction, Entity, Relationship } from '../../store/index.ts'
import { RefusedError } from '../protocol.ts'
import type { Handler, Parameters } from './handler.ts'

const DIRECTIONS: readonly Direction[] = ['outgoing', 'incoming', 'both']
const MOST_ROWS = 10_000
const MOST_DEPTH = 20

/** @throws RefusedError for what is no text, or an empty one */
function text(given: Parameters, name: string): string {
  const value = given[name]
  if (typeof value === 'string' && value !== '') return value
  throw new RefusedError(`${name} is ${JSON.stringify(value ?? null)}: give a text.`)
}

const optionalText = (given: Parameters, name: string): string | undefined =>
  given[name] === undefined ? undefined : text(given, name)

/** @throws RefusedError for what is no object */
function object(given: Parameters, name: string): Readonly<Record<string, unknown>> {
  const value = given[name] ?? {}
  if (typeof value === 'object' && !Array.isArray(value)) return value as Record<string, unknown>
  throw new RefusedError(`${name} is ${JSON.stringify(value)}: give an object.`)
}

function count(given: Parameters, name: string, fallback: number, most: number): number {
  const value = given[name] ?? fallback
  if (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= most) return Number(value)
  throw new RefusedError(`${name} is ${JSON.stringify(value)}: give a whole number from 1 to ${most}.`)
}

const shown = ({ id, type, properties, createdAt, updatedAt }: Entity): object => ({
  id,
  type,
  properties,
  created_at: createdAt / 1_000,
  updated_at: updatedAt / 1_000,
})
const shownEdge = ({ createdAt, ...edge }: Relationship): object => ({ ...edge, created_at: createdAt / 1_000 })

const missing = (id: string): RefusedError => new RefusedError(`There is no entity "${id}".`)

/** Names of properties that cannot be are the client's mistake. */
function asked<Result>(work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    throw error instanceof RangeError ? new RefusedError(error.message) : error
  }
}

/** What orchestrations remember, and what clients let the daemon remember. */
export const state: Readonly<Record<string, Handler>> = {
  'state:get': {
    about: 'Gives the variables of an orchestration, or one of them.',
    parameters: { orchestration_id: 'which', name: 'only this variable' },
    answer({ orchestration_id: id, name }, { runs }) {
      const run = runs.find(id)
      const variables = run.orchestrator?.variables ?? {}
      if (name === undefined) return { orchestration_id: run.id, variables }
      const wanted = String(name)
      if (!Object.hasOwn(variables, wanted))
        throw new RefusedError(`${run.id} has no variable "${wanted}".`, { variables: Object.keys(variables) })
      return { orchestration_id: run.id, name: wanted, value: variables[wanted] }
    },
  },
  'state:entity:create': {
    about: 'Keeps an entity.',
    parameters: { type: 'what it is', id: 'default: a new one', properties: 'an object' },
    answer(given, { store: { entities } }) {
      const type = text(given, 'type')
      const id = optionalText(given, 'id') ?? `${type}_${crypto.randomUUID().slice(0, 8)}`
      const entity = entities.create(id, type, object(given, 'properties'))
      if (!entity) throw new RefusedError(`There is an entity "${id}" already. state:entity:update changes it.`)
      return shown(entity)
    },
  },
  'state:entity:get': {
    about: 'Gives an entity.',
    parameters: { id: 'which', include: '["relationships"]: its edges too' },
    answer(given, { store: { entities } }) {
      const id = text(given, 'id')
      const entity = entities.get(id)
      if (!entity) throw missing(id)
      const { include } = given
      const wanted = Array.isArray(include) ? include : [include]
      return {
        ...shown(entity),
        ...(wanted.includes('relationships') && {
          relationships: [...entities.relationships({ from: id }), ...entities.relationships({ to: id })].map(
            shownEdge,
          ),
        }),
      }
    },
  },
  'state:entity:update': {
    about: 'Sets properties of an entity; null takes one away.',
    parameters: { id: 'which', properties: 'an object' },
    answer(given, { store: { entities } }) {
      const id = text(given, 'id')
      const entity = entities.update(id, object(given, 'properties'))
      if (!entity) throw missing(id)
      return shown(entity)
    },
  },
  'state:entity:delete': {
    about: 'Forgets an entity and its relationships.',
    parameters: { id: 'which' },
    answer(given, { store: { entities } }) {
      const id = text(given, 'id')
      if (!entities.delete(id)) throw missing(id)
      return { status: 'deleted', id }
    },
  },
  'state:entity:query': {
    about: 'Lists entities.',
    parameters: {
      type: 'only of this type',
      where: 'properties that have these values, as an object',
      order_by: 'a property, created_at (default), updated_at or id; - in front turns the order round',
      limit: 'default 100',
    },
    answer(given, { store: { entities } }) {
      const found = asked(() =>
        entities.query({
          type: optionalText(given, 'type'),
          where: object(given, 'where'),
          orderBy: optionalText(given, 'order_by'),
          limit: count(given, 'limit', 100, MOST_ROWS),
        }),
      )
      return { entities: found.map(shown), count: found.length }
    },
  },
  'state:relationship:create': {
    about: 'Joins two entities.',
    parameters: { from: 'an id', to: 'an id', type: 'such as "spawned"', metadata: 'an object' },
    answer(given, { store: { entities } }) {
      const [from, to, type] = [text(given, 'from'), text(given, 'to'), text(given, 'type')]
      const status = entities.relate(from, to, type, object(given, 'metadata'))
      if (typeof status === 'object') throw missing(status.missing)
      return { status, from, to, type }
    },
  },
  'state:relationship:delete': {
    about: 'Parts two entities.',
    parameters: { from: 'an id', to: 'an id', type: 'which relationship' },
    answer(given, { store: { entities } }) {
      const [from, to, type] = [text(given, 'from'), text(given, 'to'), text(given, 'type')]
      if (!entities.unrelate(from, to, type))
        throw new RefusedError(`There is no relationship "${type}" from "${from}" to "${to}".`)
      return { status: 'deleted', from, to, type }
    },
  },
  'state:relationship:query': {
    about: 'Lists relationships.',
    parameters: { from: 'an id', to: 'an id', type: 'only of this type', limit: 'default 100' },
    answer(given, { store: { entities } }) {
      const found = entities.relationships({
        from: optionalText(given, 'from'),
        to: optionalText(given, 'to'),
        type: optionalText(given, 'type'),
        limit: count(given, 'limit', 100, MOST_ROWS),
      })
      return { relationships: found.map(shownEdge), count: found.length }
    },
  },
  'state:graph:traverse': {
    about: 'Gives what can be reached from an entity.',
    parameters: {
      from: 'an id',
      direction: 'outgoing (default), incoming or both',
      types: 'only by relationships of these types',
      depth: 'most steps; default 1',
      limit: 'most entities; default 100',
      include_entities: 'their properties too',
    },
    answer(given, { store: { entities } }) {
      const from = text(given, 'from')
      if (!entities.get(from)) throw missing(from)
      const { direction = 'outgoing', types = [], include_entities: full } = given
      if (!DIRECTIONS.includes(direction as Direction))
        throw new RefusedError(`direction is ${JSON.stringify(direction)}: give ${DIRECTIONS.join(', ')}.`)
      const { ids, edges, cut } = entities.traverse(from, {
        direction: direction as Direction,
        types: Array.isArray(types) ? types.map(String) : [String(types)],
        depth: count(given, 'depth', 1, MOST_DEPTH),
        most: count(given, 'limit', 100, MOST_ROWS),
      })
      return {
        root: from,
        nodes: full ? ids.map((id) => shown(entities.get(id)!)) : ids,
        edges: edges.map(shownEdge),
        node_count: ids.length,
        edge_count: edges.length,
        truncated: cut,
      }
    },
  },
  'state:aggregate:count': {
    about: 'Counts entities by type or by a property, or relationships by type.',
    parameters: {
      target: 'entities (default) or relationships',
      type: 'only of this type',
      where: 'properties that have these values, as an object',
      group_by: 'type (default) or a property',
    },
    answer(given, { store: { entities } }) {
      const { target = 'entities' } = given
      if (target !== 'entities' && target !== 'relationships')
        throw new RefusedError(`target is ${JSON.stringify(target)}: give entities or relationships.`)
      const counts = asked(() =>
        target === 'relationships'
          ? entities.countRelationships()
          : entities.count({
              type: optionalText(given, 'type'),
              where: object(given, 'where'),
              groupBy: optionalText(given, 'group_by') ?? 'type',
            }),
      )
      return { counts: Object.fromEntries(counts), total: [...counts.values()].reduce((sum, each) => sum + each, 0) }
    },
  },
}
