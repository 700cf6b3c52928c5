import { expect, it, vi } from 'vitest'
import { benchWatches } from './bench-watches.ts'
import { readWatchesOptions } from './options.ts'
import { renderWatches } from './render.ts'

// A server, a worker and a feed server are started, and the machine may be busy.
vi.setConfig({ testTimeout: 240_000 })

it('measures watches that poll a real feed server on a real server, without a word in their histories', async () => {
  const options = readWatchesOptions(['--watches', '4', '--interval', '2s'])
  if (options === null) throw new Error('The options are understood.')
  const report = await benchWatches(options, () => {})
  expect(report).toMatchObject({
    server: 'embedded',
    rows: [{ watches: 4, cold: 0, sample: 4, eventsPerPoll: 0 }],
  })
  const [row] = report.rows
  expect(row?.pollsPerMinute).toBeGreaterThan(0)
  expect(row?.notModified).toBe(1)
  for (const used of [row?.server, row?.worker]) expect(used?.memory).toBeGreaterThan(10_000_000)
  expect(row?.databaseBytes).toBeGreaterThan(0)
  expect(renderWatches(report)).toContain('| 4 | 2 s |')
})

it.each([
  [['--watches', '0']],
  [['--watches', 'many']],
  [['--interval', '5']],
  [['--minutes', '-1']],
  [['--workers', '1.5']],
  [['--server-pid', 'x']],
  [['--nothing']],
])('does not understand %j', (argv) => {
  expect(readWatchesOptions(argv)).toBeNull()
})
