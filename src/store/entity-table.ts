import type { Row, StoreDatabase, Value } from './database.ts'
import { sealed } from './seal.ts'

/** A thing with properties. */
export interface Entity {
  id: string
  type: string
  properties: Readonly<Record<string, unknown>>
  /** Unix milliseconds. */
  createdAt: number
  updatedAt: number
}

/** A directed, typed edge between two entities. */
export interface Relationship {
  from: string
  to: string
  type: string
  metadata: Readonly<Record<string, unknown>>
  createdAt: number
}

/** Which entities are wanted. */
export interface EntityQuery {
  type?: string | undefined
  /** Properties that have these values. */
  where?: Readonly<Record<string, unknown>> | undefined
  /** A property, or `created_at` (default), `updated_at`, `id`; `-` in front turns the order round. */
  orderBy?: string | undefined
  limit?: number | undefined
  /** How many are passed over. */
  offset?: number | undefined
}

/** Characters of the edges that one walk may meet. */
const MAX_WALKED = 1024 * 1024

export type Direction = 'outgoing' | 'incoming' | 'both'

const PROPERTY = /^[A-Za-z_][\w-]*$/

/** The value of a property, in SQL; none where the properties are damaged, which would end the whole query. */
const propertyOf = (path: string): string =>
  `CASE WHEN json_valid(properties, ${JSON5}) THEN json_extract(properties, ${path}) END`
const JSON5 = 2

/** A path into the JSON of properties. Names are checked, as SQLite takes paths as text. */
function pathOf(property: string): string {
  if (PROPERTY.test(property)) return `$."${property}"`
  throw new RangeError(
    `"${property}" is not a valid name of a property. Use letters, digits, _ and -, and start with a letter.`,
  )
}

const reader =
  (database: StoreDatabase) =>
  (row: Row): Entity => ({
    id: String(row['id']),
    type: String(row['type']),
    properties: database.unseal(row['properties'], `the entity ${String(row['id'])}`) as Entity['properties'],
    createdAt: Number(row['created_at']),
    updatedAt: Number(row['updated_at']),
  })

const relationshipReader =
  (database: StoreDatabase) =>
  (row: Row): Relationship => ({
    from: String(row['source']),
    to: String(row['target']),
    type: String(row['type']),
    metadata: database.unseal(
      row['metadata'],
      `a relationship of ${String(row['source'])}`,
    ) as Relationship['metadata'],
    createdAt: Number(row['created_at']),
  })

/** Entities and their relationships. */
export class EntityTable {
  readonly #database: StoreDatabase
  readonly #read: (row: Row) => Entity
  readonly #readRelationship: (row: Row) => Relationship

  constructor(database: StoreDatabase) {
    this.#database = database
    this.#read = reader(database)
    this.#readRelationship = relationshipReader(database)
  }

  /** Adds an entity, unless its id is taken. */
  create(id: string, type: string, properties: Entity['properties']): Entity | undefined {
    const now = Date.now()
    const added = this.#database.run(
      'INSERT INTO entities VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
      id,
      type,
      sealed(properties),
      now,
      now,
    )
    return added === 0 ? undefined : { id, type, properties, createdAt: now, updatedAt: now }
  }

  get(id: string): Entity | undefined {
    const [row] = this.#database.all('SELECT * FROM entities WHERE id = ?', id)
    return row && this.#read(row)
  }

  /** Sets some properties; null takes one away. */
  update(id: string, properties: Entity['properties']): Entity | undefined {
    return this.#database.transaction(() => {
      const before = this.get(id)
      if (!before) return undefined
      const kept = Object.entries({ ...before.properties, ...properties }).filter(([, value]) => value !== null)
      this.#database.run(
        'UPDATE entities SET properties = ?, updated_at = ? WHERE id = ?',
        sealed(Object.fromEntries(kept)),
        Date.now(),
        id,
      )
      return this.get(id)
    })
  }

  /** Takes an entity away, with its relationships. */
  delete(id: string): boolean {
    return this.#database.transaction(() => {
      this.#database.run('DELETE FROM relationships WHERE source = ?1 OR target = ?1', id)
      return this.#database.run('DELETE FROM entities WHERE id = ?', id) > 0
    })
  }

  /** Each is read as it is wanted. @throws RangeError for a name that cannot be one of a property */
  query({ type, where = {}, orderBy = 'created_at', limit = 100, offset = 0 }: EntityQuery): Iterable<Entity> {
    const { condition, values } = this.#condition(type, where)
    const descending = orderBy.startsWith('-')
    const name = descending ? orderBy.slice(1) : orderBy
    const isColumn = ['id', 'type', 'created_at', 'updated_at'].includes(name)
    const order = isColumn ? name : propertyOf('?')
    return this.#database.each(
      this.#read,
      // Sorted by their ids, so that the sorting has no large values in its hands.
      `SELECT entities.* FROM (SELECT id AS found, ${order} AS place FROM entities WHERE ${condition}
         ORDER BY place${descending ? ' DESC' : ''}, found LIMIT ? OFFSET ?)
       JOIN entities ON id = found ORDER BY place${descending ? ' DESC' : ''}, found`,
      ...(isColumn ? [] : [pathOf(name)]),
      ...values,
      limit,
      offset,
    )
  }

  /** How many there are, by the value of a property or by type. */
  count({
    type,
    where = {},
    groupBy = 'type',
  }: Omit<EntityQuery, 'orderBy' | 'limit'> & { groupBy?: string }): Map<string, number> {
    const { condition, values } = this.#condition(type, where)
    const isType = groupBy === 'type'
    const rows = this.#database.all(
      `SELECT ${isType ? 'type' : propertyOf('?')} AS name, count(*) AS count FROM entities WHERE ${condition} GROUP BY name ORDER BY name`,
      ...(isType ? [] : [pathOf(groupBy)]),
      ...values,
    )
    return new Map(rows.map(({ name, count }) => [String(name), Number(count)]))
  }

  /** How many relationships there are, by type. */
  countRelationships(): Map<string, number> {
    const rows = this.#database.all('SELECT type, count(*) AS count FROM relationships GROUP BY type ORDER BY type')
    return new Map(rows.map(({ type, count }) => [String(type), Number(count)]))
  }

  #condition(type: string | undefined, where: Readonly<Record<string, unknown>>) {
    const parts = ['1']
    const values: Value[] = []
    if (type !== undefined) {
      parts.push('type = ?')
      values.push(type)
    }
    for (const [name, value] of Object.entries(where)) {
      parts.push(`${propertyOf('?')} IS json_extract(?, ?)`)
      values.push(pathOf(name), JSON.stringify({ value }), '$.value')
    }
    return { condition: parts.join(' AND '), values }
  }

  /** Joins two entities. Says whether that is new; undefined where one of them is missing. */
  relate(
    from: string,
    to: string,
    type: string,
    metadata: Relationship['metadata'],
  ): 'created' | 'exists' | { missing: string } {
    return this.#database.transaction(() => {
      const missing = [from, to].find((id) => !this.get(id))
      if (missing !== undefined) return { missing }
      const added = this.#database.run(
        'INSERT INTO relationships VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
        from,
        to,
        type,
        sealed(metadata),
        Date.now(),
      )
      return added > 0 ? 'created' : 'exists'
    })
  }

  unrelate(from: string, to: string, type: string): boolean {
    return (
      this.#database.run('DELETE FROM relationships WHERE source = ? AND target = ? AND type = ?', from, to, type) > 0
    )
  }

  relationships({
    from,
    to,
    type,
    limit = 1_000,
    offset = 0,
  }: {
    from?: string | undefined
    to?: string | undefined
    type?: string | undefined
    limit?: number | undefined
    offset?: number | undefined
  }): Iterable<Relationship> {
    const given = Object.entries({ source: from, target: to, type }).filter(
      (part): part is [string, string] => part[1] !== undefined,
    )
    const condition = given.map(([column]) => ` AND ${column} = ?`).join('')
    return this.#database.each(
      this.#readRelationship,
      `SELECT * FROM relationships WHERE 1${condition} ORDER BY created_at, source, target, type LIMIT ? OFFSET ?`,
      ...given.map(([, value]) => value),
      limit,
      offset,
    )
  }

  /** All that can be reached from an entity in so many steps, and the edges on the way. */
  traverse(
    from: string,
    { direction, types, depth, most }: { direction: Direction; types: readonly string[]; depth: number; most: number },
  ): { ids: string[]; edges: Relationship[]; cut: boolean } {
    const found = new Set([from])
    const edges = new Map<string, Relationship>()
    const answer = (cut: boolean) => ({ ids: [...found], edges: [...edges.values()], cut })
    let length = 0
    let border = [from]
    for (let step = 0; step < depth && border.length > 0; step++) {
      const next: string[] = []
      for (const id of border) {
        for (const edge of this.#edgesOf(id, direction, types)) {
          const name = JSON.stringify([edge.from, edge.to, edge.type])
          if (!edges.has(name)) {
            length += name.length + JSON.stringify(edge.metadata).length
            if (length > MAX_WALKED) return answer(true)
            edges.set(name, edge)
          }
          const other = edge.from === id ? edge.to : edge.from
          if (found.has(other)) continue
          if (found.size >= most) return answer(true)
          found.add(other)
          next.push(other)
        }
      }
      border = next
    }
    return answer(false)
  }

  *#edgesOf(id: string, direction: Direction, types: readonly string[]): Generator<Relationship> {
    const fits = ({ type }: Relationship): boolean => types.length === 0 || types.includes(type)
    if (direction !== 'incoming') for (const edge of this.relationships({ from: id })) if (fits(edge)) yield edge
    if (direction !== 'outgoing') for (const edge of this.relationships({ to: id })) if (fits(edge)) yield edge
  }
}
