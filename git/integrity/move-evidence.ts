import type { PinnedRelease } from '../../domain/release.ts'
import type { TagMove } from '../mirror/moved-refs.ts'
import { hasObject } from '../mirror/queries.ts'
import { runGit } from '../process/command.ts'
import { outputHead } from '../process/output-head.ts'
import type { Mirror } from '../types.ts'
import { readableIdentity, readTagObject } from './tag-object.ts'

const mostCommits = 8
const mostFiles = 10
/** Leaves room for the lines above it: all evidence together is at most 4 KB. */
const diffBytes = 1_500
const longestLine = 160

/**
 * What a person must see of a tag that moved, in at most 4 KB: the two objects, who tagged them and when, the commits that
 * only one of them holds, the files, the head of the diff, and the command that shows all of it.
 */
export async function moveEvidence(mirror: Mirror, { before, after }: TagMove): Promise<readonly string[]> {
  const lines = [await standing(mirror, 'first seen', before)]
  if (after === null) return [...lines, 'now:        gone; upstream deleted the tag']
  lines.push(await standing(mirror, 'now', after))
  if (after.commit === before.commit) {
    lines.push('Both name the same commit: only the tag itself was made anew.')
    return [
      ...lines,
      `to compare: ${command(mirror, ['show', '--no-patch', before.tagObject, after.tagObject])}`,
    ]
  }
  for (const { commit } of [before, after]) {
    if (await isCommit(mirror, commit)) continue
    return [...lines, `There is no diff: this worker's mirror does not hold ${commit} as a commit.`]
  }
  return [
    ...lines,
    `whole diff: ${command(mirror, ['diff', before.commit, after.commit])}`,
    ...(await commitsOnlyIn(mirror, 'gone', { from: after.commit, to: before.commit })),
    ...(await commitsOnlyIn(mirror, 'new', { from: before.commit, to: after.commit })),
    ...(await diffLines(mirror, [`--stat=72`, `--stat-count=${mostFiles}`], { before, after })),
    ...(await diffLines(mirror, ['--unified=2'], { before, after })),
  ].map(shortened)
}

async function standing(mirror: Mirror, name: string, release: PinnedRelease): Promise<string> {
  const { tagObject, commit } = release
  const label = `${name}:`.padEnd(12)
  const tag = (await hasObject(mirror, tagObject)) ? await readTagObject(mirror, tagObject) : null
  if (tagObject === commit) return `${label}commit ${commit}${await ofCommit(mirror, commit)} (lightweight)`
  const by = tag?.tagger == null ? '' : `, tagged by ${readableIdentity(tag.tagger)}`
  return `${label}tag object ${tagObject}${by}; commit ${commit}${await ofCommit(mirror, commit)}`
}

async function ofCommit(mirror: Mirror, commit: string): Promise<string> {
  if (!(await isCommit(mirror, commit))) return ''
  const argv = [
    'log',
    '-1',
    '--no-show-signature',
    '--format=%cn <%ce> %cd',
    '--date=raw',
    '--end-of-options',
    commit,
  ]
  const { stdout } = await runGit(mirror, argv)
  return `, committed by ${readableIdentity(stdout.toString('latin1').trim())}`
}

async function isCommit(mirror: Mirror, oid: string): Promise<boolean> {
  const { stdout } = await runGit(mirror, ['cat-file', '-t', oid], { okCodes: [0, 128] })
  return stdout.toString('utf8').trim() === 'commit'
}

async function commitsOnlyIn(
  mirror: Mirror,
  word: 'gone' | 'new',
  range: { readonly from: string; readonly to: string },
): Promise<readonly string[]> {
  const between = `${range.from}..${range.to}`
  const counted = await runGit(mirror, ['rev-list', '--count', '--end-of-options', between])
  const count = Number(counted.stdout.toString('utf8'))
  if (count === 0) return []
  const argv = ['log', '--no-show-signature', '--oneline', '--abbrev=10', `--max-count=${mostCommits}`]
  const shown = await outputHead(mirror, [...argv, '--end-of-options', between], { bytes: 1_000 })
  const more = count > mostCommits ? [`  … ${count - mostCommits} more`] : []
  return [`${word}: ${count} ${count === 1 ? 'commit' : 'commits'}`, ...linesOf(shown.text), ...more]
}

async function diffLines(
  mirror: Mirror,
  flags: readonly string[],
  { before, after }: { readonly before: PinnedRelease; readonly after: PinnedRelease },
): Promise<readonly string[]> {
  const plain = ['--no-color', '--no-ext-diff', '--no-textconv', '--submodule=short']
  const argv = ['diff', ...plain, ...flags, '--end-of-options', before.commit, after.commit, '--']
  const { text, cut } = await outputHead(mirror, argv, { bytes: diffBytes })
  return [...linesOf(text), ...(cut ? ['  …'] : [])]
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `  ${line}`)
}

/** A command for a person's shell on the host that holds the mirror. */
function command(mirror: Mirror, argv: readonly string[]): string {
  const path = /^[\w@%+=:,./-]+$/.test(mirror.path)
    ? mirror.path
    : `'${mirror.path.replaceAll("'", `'\\''`)}'`
  return `git -C ${path} ${argv.join(' ')}`
}

/** Upstream may write lines of any length; the commands above are never this long. */
function shortened(line: string): string {
  return line.startsWith('whole diff: ') || line.length <= longestLine
    ? line
    : `${line.slice(0, longestLine)}…`
}
