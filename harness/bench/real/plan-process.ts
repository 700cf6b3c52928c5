import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { cliEntry } from '../timing.ts'
import type { Ends } from './bench-real.ts'

/** One run of `undrift plan`, in milliseconds from the start of its process, and its memory in megabytes. */
export interface PlanRun {
  /** Until its first words on stdout: the table of the patches, and so where it stops. */
  readonly told: number
  readonly whole: number
  readonly memory: number
}

/** Runs `undrift plan` in a process of its own. */
export async function planProcess(
  at: { readonly repository: string; readonly folder: string; readonly explain: string },
  { head, onto, base, isBaseGiven }: Ends,
): Promise<PlanRun> {
  const sizeFile = join(at.folder, 'peak')
  // Node tells its own largest size only from within.
  const hook = `import { writeFileSync } from 'node:fs'
    process.on('exit', () => writeFileSync(${JSON.stringify(sizeFile)}, String(process.resourceUsage().maxRSS)))`
  const argv = ['--import', `data:text/javascript,${encodeURIComponent(hook)}`, cliEntry(), 'plan']
  const ends = ['--repo', at.repository, '--head', head, '--onto', onto]
  const given = isBaseGiven ? ['--base', base] : []
  const start = performance.now()
  const child = spawn(process.execPath, [...argv, ...ends, ...given, '--explain', at.explain], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const words: Buffer[] = []
  let told: number | null = null
  child.stdout.on('data', () => {
    told ??= performance.now() - start
  })
  child.stderr.on('data', (chunk: Buffer) => words.push(chunk))
  const code = await new Promise<number | null>((done, failed) => {
    child.on('error', failed)
    child.on('close', done)
  })
  const whole = performance.now() - start
  if (code !== 0 && code !== 3)
    throw new Error(`undrift plan failed: ${Buffer.concat(words).toString('utf8')}`)
  return { told: told ?? whole, whole, memory: Number(readFileSync(sizeFile, 'utf8')) / 1024 }
}
