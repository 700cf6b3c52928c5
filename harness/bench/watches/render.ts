import type { WatchesReport, WatchesRow } from './bench-watches.ts'
import type { Used } from './meter.ts'

const head = [
  'watches',
  'interval',
  'polls a minute (wanted)',
  'late p50',
  'late p95',
  'events per poll',
  '304',
  'server: memory, cores',
  'worker: memory, cores',
  'started in',
  'status in',
]

/** The report as a Markdown table. */
export function renderWatches({ rows, machine, node, server }: WatchesReport): string {
  const table = [head, head.map(() => '---'), ...rows.map(cells)].map((row) => `| ${row.join(' | ')} |`)
  const notes = rows.map(noteOf)
  const where = server === 'embedded' ? 'the embedded server' : 'a server of its own'
  return [...table, '', ...notes, `On ${where}, Node ${node}, ${machine}.`].join('\n')
}

function cells(row: WatchesRow): readonly string[] {
  return [
    String(row.watches),
    `${row.intervalSeconds} s`,
    `${row.pollsPerMinute} (${row.wantedPerMinute})`,
    `${row.lateness.p50} ms`,
    `${row.lateness.p95} ms`,
    String(Math.round(row.eventsPerPoll * 1000) / 1000),
    `${Math.round(row.notModified * 1000) / 10} %`,
    usedText(row.server),
    usedText(row.worker),
    `${row.applySeconds} s`,
    `${row.statusSeconds} s`,
  ]
}

function usedText({ memory, cores }: Used): string {
  return memory === 0 ? '–' : `${megabytes(memory)}, ${cores.toFixed(2)}`
}

function noteOf(row: WatchesRow): string {
  const database = row.databaseBytes === null ? '' : `, database ${megabytes(row.databaseBytes)}`
  const unkept = row.unkept === 0 ? '' : `, ${row.unkept} of them not kept by the end`
  const cold = row.cold === 0 ? '' : `; ${row.cold} watches were not warm`
  const meanwhile = `feeds ${row.feeds.cores.toFixed(2)} cores, others ${row.otherCores.toFixed(2)}, load ${row.load.toFixed(1)}`
  return `- ${row.watches}: ${row.windowSeconds} s after a warm-up of ${row.warmUpSeconds} s, ${row.workers} worker processes, lateness of ${row.sample} promises${unkept}, the worst ${row.lateness.most} ms; ${meanwhile}${database}${cold}.`
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1_000_000)} MB`
}
