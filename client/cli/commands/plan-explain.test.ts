import { describe, expect, it } from 'vitest'
import { numberedLines } from '../../../git/testing.ts'
import { runCli } from '../run-cli.ts'
import { usePlanRepo } from './plan-testing.ts'

const ground = usePlanRepo()
const { repo, plan } = ground

const clash = () => repo.commit('rename Foo', { 'a.txt': numberedLines(30, { 3: 'theirs' }) })

/** What `undrift plan` writes, in the order in which it does, by stream. */
async function written(...more: readonly string[]): Promise<readonly string[]> {
  const chunks: string[] = []
  const host = {
    cwd: ground.folder,
    env: { HOME: ground.folder, PATH: process.env.PATH },
    signal: new AbortController().signal,
    stdoutIsTty: false,
    stderrIsTty: false,
    stdinIsTty: false,
    columns: 100,
    now: () => new Date(),
    writeOut: (text: string) => void chunks.push(`out: ${text}`),
    writeError: (text: string) => void chunks.push(`err: ${text}`),
  }
  await runCli(['plan', '--repo', repo.dir, '--head', 'fork', '--onto', 'main', ...more], host)
  return chunks
}

/** The last line of all that was written. */
function lastLine(chunks: readonly string[]): string | undefined {
  return chunks.join('').trimEnd().split('\n').at(-1)
}

describe('undrift plan --explain', () => {
  it('shows the patches and where they stop first, then why as it is found, then the outcome', async () => {
    const culprit = clash()
    const chunks = await written()
    expect(chunks[0]).toMatch(/\n0001 {2}conflict /)
    expect(chunks[0]).not.toContain(culprit.slice(0, 6))
    expect(chunks.slice(1, -1)).toEqual([
      'err: 0001 conflicts in a.txt\n',
      'err: Searching for the cause, for at most 5 s (see --explain)\n',
      `err: 0001 stops applying at upstream ${culprit.slice(0, 10)} 'rename Foo'\n`,
      'err: 0001 no upstream commit looks like it\n',
    ])
    expect(lastLine(chunks)).toBe(
      `0 of 2 patches apply; 0001 conflicts in a.txt with upstream ${culprit.slice(0, 6)} 'rename Foo'`,
    )
  })

  it('leaves explanations out with 0, and does not say that nothing was found', async () => {
    clash()
    const chunks = await written('--explain', '0')
    expect(chunks.slice(1, -1)).toEqual(['err: 0001 conflicts in a.txt\n'])
    expect(lastLine(chunks)).toBe(
      '0 of 2 patches apply; 0001 conflicts in a.txt with upstream (cause not searched)',
    )
  })

  it('tells in --json what was not searched apart from what was not found, and says nothing else', async () => {
    const culprit = clash()
    const ran = await plan('--json', '--explain', '0')
    expect(ran.err).toBe('')
    const paths = [{ path: 'a.txt', kind: 'content' }]
    expect(JSON.parse(ran.out).patches[0].conflict).toEqual({
      paths,
      causedBy: null,
      notSearched: ['causedBy', 'suggestion'],
    })
    const whole = await plan('--json', '--explain', '2m')
    expect(JSON.parse(whole.out).patches[0].conflict).toEqual({ paths, causedBy: culprit })
  })

  it.each(['5', '-1s', '5 s', 'soon', '', '0.5s'])('refuses the duration `%s`', async (duration) => {
    const ran = await plan(`--explain=${duration}`)
    expect(ran.code).toBe(2)
    expect(ran.err).toContain('--explain')
  })
})
