import type { Intervention } from '../domain/attempt.ts'
import { type InterventionPlace, promoteHint } from '../domain/interventions.ts'
import { plainText } from './markdown.ts'
import type { AttemptStatus } from './messages.ts'

const shownPatches = 60

/** What a person reads at the head of the workflow's page in the Web UI, as Markdown. */
export function attemptDetails(status: AttemptStatus): string {
  return [
    heading(status),
    question(status),
    commits(status),
    patches(status),
    checks(status),
    candidates(status),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

/** What commands that are shown to a person must name. */
export function placeOf({ id, worker, settings }: AttemptStatus): InterventionPlace {
  const decisions = settings.upstream.decisions ?? 'any'
  return { attempt: id, data: worker?.data ?? null, address: worker?.address ?? null, decisions }
}

function heading(status: AttemptStatus): string {
  const standing = status.needs ?? status.outcome ?? status.phase
  const next = status.outcome === 'changed' ? ` ${promoteHint(placeOf(status))}` : ''
  const { objection = null } = status
  const feed =
    objection === null ? '' : `\n\nThe feed withdrew ${plainText(status.tag)}: ${plainText(objection.why)}.`
  return `### ${status.fork} ${status.line} → ${status.tag}: ${standing}\n\n${status.reason}${next}${feed}`
}

function question(status: AttemptStatus): string {
  const { intervention, worker } = status
  if (intervention === null) return ''
  const where = worker === null ? '' : `\n\nThe mirror is on host \`${worker.host}\`.`
  return `**Needs a person.**${where}${evidence(intervention)}\n\n${intervention.options
    .map((option) => `**${option.name}**: ${option.effect}\n\n${option.commands.map(command).join('\n')}`)
    .join('\n\n')}`
}

function evidence(intervention: Intervention): string {
  return intervention.evidence.length === 0 ? '' : `\n\n${fence(intervention.evidence)}`
}

function commits(status: AttemptStatus): string {
  const rows = [
    ['base', status.base],
    ['release', status.onto],
    ['maintained branch', status.stackHead, status.standsOn],
    ['replayed stack', status.head],
  ].filter((row) => row[1] !== null)
  if (rows.length === 0) return ''
  // A list of its own: without words between them, Markdown joins it to the commands above.
  const lines = rows.map(([name, oid, on]) => `- ${name}: \`${oid}\`${on ? ` (on ${plainText(on)})` : ''}`)
  return `**Commits**\n\n${lines.join('\n')}`
}

function patches(status: AttemptStatus): string {
  if (status.patches.length === 0) return ''
  const rows = status.patches
    .slice(0, shownPatches)
    .map(
      ({ oid, subject, verdict, reason }) =>
        `| \`${oid.slice(0, 10)}\` | ${plainText(subject)} | ${verdict ?? 'not reached'} | ${plainText(reason)} |`,
    )
  const more = status.patches.length - rows.length
  return [
    '| patch | subject | verdict | why |',
    '| --- | --- | --- | --- |',
    ...rows,
    ...(more > 0 ? [`\n…and ${more} more; see \`undrift show\`.`] : []),
  ].join('\n')
}

function checks(status: AttemptStatus): string {
  return status.checks
    .map(
      ({ command, exitCode, ended, milliseconds }) =>
        `- \`${command}\`: ${ended ?? (exitCode === 0 ? 'passed' : `exit ${exitCode}`)} after ${(milliseconds / 1000).toFixed(1)} s`,
    )
    .join('\n')
}

function candidates(status: AttemptStatus): string {
  return status.candidates
    .map(
      ({ remote, ref, sha, pushed }) =>
        `- candidate on ${remote}: \`${ref}\` \`${sha.slice(0, 10)}\`${pushed ? '' : ' (not pushed)'}`,
    )
    .join('\n')
}

/** A command as inline code, because the Web UI wraps that and cuts a code block off. */
function command(text: string): string {
  return `- ${bar(text, 1)} ${text} ${bar(text, 1)}`
}

/** A code block that its own content cannot close. */
function fence(lines: readonly string[]): string {
  const text = lines.join('\n')
  return `${bar(text, 3)}\n${text}\n${bar(text, 3)}`
}

/** More backticks in a row than the text holds, and at least so many. */
function bar(text: string, least: number): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length))
  return '`'.repeat(Math.max(least, longest + 1))
}
