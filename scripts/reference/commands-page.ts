import type { CommandSpec } from '../../client/cli/command.ts'
import { registry } from '../../client/cli/registry.ts'
import { code, generatedNote, markdownTable } from './markdown.ts'

/** Every command, as `--help` shows it, with the shape of its `--json`. */
export function commandsPage(): string {
  const rows = registry.map((spec) => [`[\`${spec.name}\`](#${spec.name})`, spec.group, spec.summary])
  return `${generatedNote}

# Commands

Everywhere: \`--config FILE\` (default: \`undrift.yaml\` here or in a parent folder), \`--data DIR\` or \`UNDRIFT_DATA\`
(default: the XDG data folder), \`--json\`, \`--no-color\` or \`NO_COLOR\`, \`--quiet\`. Data goes to stdout, talk to stderr.
How a command ends is told by its [exit code](exit-codes.md); how it fails, by an [error](errors.md).

Every object of \`--json\` has a \`version\`; fields may be added to a version, and none is taken away or given another
meaning. Times are ISO 8601 in UTC, and commits are full object ids.

${markdownTable(['command', 'for', 'what it does'], rows)}

${registry.map(section).join('\n\n')}
`
}

function section(spec: CommandSpec): string {
  const usage = ['undrift', spec.name, spec.args].filter((word) => word !== '').join(' ')
  const options = spec.options.map(({ flags, description }) => `- ${code(flags)}: ${description}`)
  return [
    `## ${spec.name}`,
    '',
    `${code(usage)}: ${spec.summary}.`,
    ...(options.length === 0 ? [] : ['', ...options]),
    ...(spec.details === undefined ? [] : ['', '```text', spec.details, '```']),
  ].join('\n')
}
