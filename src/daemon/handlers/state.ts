import type { Direction, Entity, EntityTable, Relationship } from '../../store/index.ts'
import { PAGE, pageOfRows, withoutLong } from '../page.ts'
import { meant } from '../parameters.ts'
import { quoted, RefusedError } from '../protocol.ts'
import { detailsOf } from '../run-details.ts'
import { findAgent } from './agent.ts'
import { handler, WHICH, type Handler, type RequestContext } from './handler.ts'
import { costOf } from './orchestration.ts'

const DIRECTIONS: readonly Direction[] = ['outgoing', 'incoming', 'both']
const MAX_ROWS = 10_000
const MAX_DEPTH = 20

const shown = ({ id, type, properties, createdAt, updatedAt }: Entity): object => ({
  id,
  type,
  properties,
  created_at: createdAt / 1_000,
  updated_at: updatedAt / 1_000,
})
/** A relationship by our names, and by those of KSI. */
const edgeOf = ({ from, to, type }: { from: string; to: string; type: string }) => ({
  from,
  to,
  type,
  from_id: from,
  to_id: to,
  relation_type: type,
})
const shownEdge = ({ createdAt, ...edge }: Relationship): object => ({
  ...edge,
  ...edgeOf(edge),
  created_at: createdAt / 1_000,
})

const missing = (id: string): RefusedError => new RefusedError(`There is no entity ${quoted(id)}.`)

function* mapped<Item, Shown>(items: Iterable<Item>, how: (item: Item) => Shown): Generator<Shown> {
  for (const item of items) yield how(item)
}

/** Properties that one question may name. */
const MAX_PROPERTIES = 50

function bounded(where: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { length } = Object.keys(where)
  if (length <= MAX_PROPERTIES) return where
  throw new RefusedError(`The parameter where contains ${length} properties. Give at most ${MAX_PROPERTIES}.`)
}

/** The edges of an entity, as many as go into a line. */
function relationshipsOf(id: string, entities: EntityTable): object {
  const all = (function* () {
    yield* entities.relationships({ from: id })
    yield* entities.relationships({ to: id })
  })()
  const { items, next } = pageOfRows(mapped(all, shownEdge), { limit: MAX_ROWS, offset: 0 })
  return { relationships: items, ...(next !== undefined && { relationships_truncated: true }) }
}

/** Names of properties that cannot be are the client's mistake. */
function asked<Result>(work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    throw error instanceof RangeError ? new RefusedError(error.message) : error
  }
}

/** What the daemon itself keeps of orchestrations and agents, as entities. */
const OWN: Readonly<Record<string, (id: string, context: RequestContext) => object>> = {
  cost_tracking(id, { runs, store }) {
    const run = runs.choose(chosenBy(id), 'state:get')
    return costOf(run, detailsOf(run, store), runs.billedTo(run))
  },
  orchestration(id, { runs, store }) {
    const run = runs.choose(chosenBy(id), 'state:get')
    const { variables, messages } = detailsOf(run, store)
    return { orchestration_id: run.id, state: run.phase, message_count: messages, variables: withoutLong(variables) }
  },
  agent(id, { runs, store }) {
    const { run, settings, ...found } = findAgent(id, { runs, store })
    return { ...found, orchestration_id: run.id, profile: settings.profile }
  },
}

/** An orchestration's id, or the name of its pattern. */
const chosenBy = (id: string) => (/^orch_[0-9a-f]{8}$/.test(id) ? { orchestration_id: id } : { pattern: id })

/** An entity by its type and id: one of the daemon's own kinds, or one that a client has made. */
function entity(type: string | undefined, id: string, context: RequestContext): object {
  if (type !== undefined && Object.hasOwn(OWN, type))
    return { entity_type: type, entity_id: id, ...OWN[type]!(id, context) }
  const found = context.store.entities.get(id)
  if (found && (type === undefined || found.type === type))
    return { entity_type: found.type, entity_id: id, ...shown(found) }
  throw new RefusedError(`There is no entity ${quoted(id)}${type === undefined ? '' : ` of type ${quoted(type)}`}.`, {
    types: [...Object.keys(OWN), ...context.store.entities.count({}).keys()],
  })
}

const ID = { type: 'text', about: 'the id of the entity', required: true } as const
const TYPE = { type: 'text', about: 'only entities of this type' } as const
const PROPERTIES = { type: 'object', about: 'the properties, as an object', default: {} } as const
const WHERE = { type: 'object', about: 'the properties and values to match, as an object', default: {} } as const
const ROWS = { type: 'integer', about: 'maximum number of rows', default: 100, least: 1, most: MAX_ROWS } as const
const OFFSET = PAGE.offset
const END = { type: 'text', about: 'the id of an entity', required: true } as const
const EDGE = {
  from: { ...END, also: ['from_id'] },
  to: { ...END, also: ['to_id'] },
  type: {
    type: 'text',
    about: 'the type of the relationship, such as "spawned"',
    required: true,
    also: ['relation_type'],
  },
} as const

/** What orchestrations remember, and what clients let the daemon remember. */
export const state: Readonly<Record<string, Handler>> = {
  'state:get': handler({
    about: 'Returns the variables of an orchestration, one variable, or an entity by its type and id.',
    parameters: {
      ...WHICH,
      name: { type: 'text', about: 'only this variable' },
      entity_type: {
        type: 'text',
        about: `the type of an entity, in place of an orchestration: ${Object.keys(OWN).join(', ')}, or a custom type`,
      },
      entity_id: { type: 'text', about: 'the id of an orchestration, an agent or an entity' },
    },
    answer({ name, entity_type: type, entity_id: id, ...which }, context) {
      const { runs, store } = context
      if (id !== undefined) return entity(type, id, context)
      if (type !== undefined) throw new RefusedError('state:get needs an entity_id in addition to entity_type.')
      const run = runs.choose(which, 'state:get')
      const { variables } = detailsOf(run, store)
      if (name === undefined) return { orchestration_id: run.id, variables: withoutLong(variables) }
      if (!Object.hasOwn(variables, name))
        throw new RefusedError(`${run.id} has no variable "${name}".`, {
          hint: meant(name, Object.keys(variables)),
          variables: Object.keys(variables),
        })
      return { orchestration_id: run.id, name, value: variables[name] }
    },
  }),
  'state:entity:create': handler({
    about: 'Creates an entity.',
    parameters: {
      type: { type: 'text', about: 'the type of the entity', required: true },
      id: { type: 'text', about: 'the id of the entity; default: a new id' },
      properties: PROPERTIES,
    },
    answer({ type, id = `${type}_${crypto.randomUUID().slice(0, 8)}`, properties }, { store: { entities }, push }) {
      const created = entities.create(id, type, properties)
      if (!created)
        throw new RefusedError(`The entity "${id}" already exists. Change the entity by state:entity:update.`)
      push('state:entity:created', shown(created))
      return shown(created)
    },
  }),
  'state:entity:get': handler({
    about: 'Returns an entity.',
    parameters: {
      id: ID,
      include: { type: 'texts', about: '["relationships"] includes the relationships of the entity', default: [] },
    },
    answer({ id, include }, { store: { entities } }) {
      const found = entities.get(id)
      if (!found) throw missing(id)
      return {
        ...shown(found),
        ...(include.includes('relationships') && {
          ...relationshipsOf(id, entities),
        }),
      }
    },
  }),
  'state:entity:update': handler({
    about: 'Sets properties of an entity; null removes a property.',
    parameters: { id: ID, properties: PROPERTIES },
    answer({ id, properties }, { store: { entities }, push }) {
      const updated = entities.update(id, properties)
      if (!updated) throw missing(id)
      push('state:entity:updated', shown(updated))
      return shown(updated)
    },
  }),
  'state:entity:delete': handler({
    about: 'Deletes an entity and its relationships.',
    parameters: { id: ID },
    answer({ id }, { store: { entities }, push }) {
      if (!entities.delete(id)) throw missing(id)
      push('state:entity:deleted', { id })
      return { status: 'deleted', id }
    },
  }),
  'state:entity:query': handler({
    about: 'Lists entities.',
    parameters: {
      type: TYPE,
      where: WHERE,
      order_by: {
        type: 'text',
        about: 'a property, created_at (default), updated_at or id; a leading - reverses the order',
      },
      limit: ROWS,
      offset: OFFSET,
    },
    answer({ type, where, order_by: orderBy, limit, offset }, { store: { entities } }) {
      const part = asked(() => {
        const rows = entities.query({ type, where: bounded(where), orderBy, limit: limit + 1, offset })
        return pageOfRows(mapped(rows, shown), { limit, offset })
      })
      return {
        entities: part.items,
        count: part.items.length,
        ...(part.next !== undefined && { next_offset: part.next }),
      }
    },
  }),
  'state:relationship:create': handler({
    about: 'Creates a relationship between two entities.',
    parameters: { ...EDGE, metadata: PROPERTIES },
    answer({ metadata, ...edge }, { store: { entities }, push }) {
      const { from, to, type } = edge
      const status = entities.relate(from, to, type, metadata)
      if (typeof status === 'object') throw missing(status.missing)
      push('state:relationship:created', { ...edgeOf(edge), metadata })
      return { status, ...edgeOf(edge) }
    },
  }),
  'state:relationship:delete': handler({
    about: 'Deletes a relationship between two entities.',
    parameters: EDGE,
    answer(edge, { store: { entities }, push }) {
      const { from, to, type } = edge
      if (!entities.unrelate(from, to, type))
        throw new RefusedError(`There is no relationship "${type}" from "${from}" to "${to}".`)
      push('state:relationship:deleted', edgeOf(edge))
      return { status: 'deleted', ...edgeOf(edge) }
    },
  }),
  'state:relationship:query': handler({
    about: 'Lists relationships.',
    parameters: {
      from: { type: 'text', about: 'the id of the first entity', also: ['from_id'] },
      to: { type: 'text', about: 'the id of the second entity', also: ['to_id'] },
      type: { ...TYPE, also: ['relation_type'] },
      limit: ROWS,
      offset: OFFSET,
    },
    answer({ from, to, type, limit, offset }, { store: { entities } }) {
      const rows = entities.relationships({ from, to, type, limit: limit + 1, offset })
      const part = pageOfRows(mapped(rows, shownEdge), { limit, offset })
      return {
        relationships: part.items,
        count: part.items.length,
        ...(part.next !== undefined && { next_offset: part.next }),
      }
    },
  }),
  'state:graph:traverse': handler({
    about: 'Returns the entities that are reachable from an entity.',
    parameters: {
      from: END,
      direction: {
        type: 'text',
        about: 'the direction of the relationships: outgoing, incoming or both',
        default: 'outgoing',
      },
      types: { type: 'texts', about: 'only relationships of these types', default: [] },
      depth: { type: 'integer', about: 'maximum number of steps', default: 1, least: 1, most: MAX_DEPTH },
      limit: ROWS,
      include_entities: { type: 'boolean', about: 'includes the properties of the entities', default: false },
    },
    answer({ from, direction, types, depth, limit, include_entities: full }, { store: { entities } }) {
      if (!entities.get(from)) throw missing(from)
      if (!DIRECTIONS.includes(direction as Direction))
        throw new RefusedError(`direction is ${JSON.stringify(direction)}. Give one of ${DIRECTIONS.join(', ')}.`)
      const walk = entities.traverse(from, {
        direction: direction as Direction,
        types,
        depth,
        most: limit,
      })
      const all = { limit: MAX_ROWS, offset: 0 }
      const nodes = pageOfRows(
        mapped(walk.ids, (id) => (full ? shown(entities.get(id)!) : id)),
        all,
      )
      const edges = pageOfRows(mapped(walk.edges, shownEdge), all)
      return {
        root: from,
        nodes: nodes.items,
        edges: edges.items,
        node_count: nodes.items.length,
        edge_count: edges.items.length,
        truncated: walk.cut || nodes.next !== undefined || edges.next !== undefined,
      }
    },
  }),
  'state:aggregate:count': handler({
    about: 'Counts entities by type or by a property, or relationships by type.',
    parameters: {
      target: { type: 'text', about: 'the objects to count: entities or relationships', default: 'entities' },
      type: TYPE,
      where: WHERE,
      group_by: { type: 'text', about: 'the grouping: type or a property', default: 'type' },
    },
    answer({ target, type, where, group_by: groupBy }, { store: { entities } }) {
      if (target !== 'entities' && target !== 'relationships')
        throw new RefusedError(`target is ${JSON.stringify(target)}. Give entities or relationships.`)
      const counts = asked(() =>
        target === 'relationships'
          ? entities.countRelationships()
          : entities.count({ type, where: bounded(where), groupBy }),
      )
      return { counts: Object.fromEntries(counts), total: [...counts.values()].reduce((sum, each) => sum + each, 0) }
    },
  }),
}
