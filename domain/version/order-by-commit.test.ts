import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type HistoryCommit, orderByCommit } from './order-by-commit.ts'

function commit(oid: string, ...parents: readonly string[]): HistoryCommit {
  return { oid, parents }
}

it('puts a descendant after its ancestor whatever the clocks say', () => {
  const tags = [
    { tag: 'a', commit: '1', date: 900 },
    { tag: 'b', commit: '3', date: 100 },
  ]
  expect(orderByCommit(tags, [commit('3', '2'), commit('2', '1'), commit('1')])).toEqual(['a', 'b'])
})

it('goes by the date where neither descends from the other, then by the name', () => {
  const history = [commit('x', '1'), commit('y', '1'), commit('z', '1'), commit('1')]
  const tags = [
    { tag: 'late', commit: 'x', date: 300 },
    { tag: 'early', commit: 'y', date: 200 },
    { tag: 'alike-b', commit: 'z', date: 200 },
    { tag: 'alike-a', commit: 'z', date: 200 },
    { tag: 'root', commit: '1', date: 100 },
  ]
  expect(orderByCommit(tags, history)).toEqual(['root', 'alike-a', 'alike-b', 'early', 'late'])
})

it('sees through merges', () => {
  const history = [commit('m', 'x', 'y'), commit('x', '1'), commit('y', '1'), commit('1')]
  const tags = [
    { tag: 'merged', commit: 'm', date: 1 },
    { tag: 'left', commit: 'x', date: 50 },
    { tag: 'right', commit: 'y', date: 40 },
  ]
  expect(orderByCommit(tags, history)).toEqual(['right', 'left', 'merged'])
})

it('keeps every descendant behind its ancestors, names each tag once and depends on no order of its input', () => {
  const graph = fc
    .array(
      fc.record({ parents: fc.array(fc.nat(), { maxLength: 2 }), date: fc.nat(9), tagged: fc.boolean() }),
      { maxLength: 14 },
    )
    .map((rows) =>
      rows.map(({ parents, ...row }, index) => ({
        ...row,
        oid: `c${index}`,
        parents: index === 0 ? [] : [...new Set(parents.map((parent) => `c${parent % index}`))],
      })),
    )
  fc.assert(
    fc.property(graph, (rows) => {
      const tags = rows
        .filter(({ tagged }) => tagged)
        .map(({ oid, date }) => ({ tag: `t-${oid}`, commit: oid, date }))
      const order = orderByCommit(tags, rows.toReversed())
      expect(order.toSorted()).toEqual(tags.map(({ tag }) => tag).sort())
      expect(orderByCommit(tags.toReversed(), rows.toReversed())).toEqual(order)
      const ancestors = new Map<string, Set<string>>()
      for (const { oid, parents } of rows) {
        ancestors.set(oid, new Set(parents.flatMap((parent) => [parent, ...(ancestors.get(parent) ?? [])])))
      }
      for (const [index, tag] of order.entries()) {
        const known = ancestors.get(tag.slice(2))
        expect(order.slice(index).some((later) => known?.has(later.slice(2)))).toBe(false)
      }
    }),
  )
})
