import { stringify } from 'yaml'
import { findSecrets, maskSpans } from '../../config/secrets.ts'
import type { ImportedUpstream } from './patchmoi.ts'

/** Stands where the file that is imported does not say; nothing answers at this host (RFC 2606). */
const placeholder = 'https://git.example.org/PLACEHOLDER'

/** An `undrift.yaml` with these upstreams, and with what is still to be written as comments. */
export function renderConfig(upstreams: readonly ImportedUpstream[], from: string): string {
  return [
    `# Made from ${oneLine(from)} of patch.moi. Check it with: undrift validate`,
    ...(upstreams.length === 0 ? ['upstreams: {}'] : ['upstreams:', ...upstreams.flatMap(upstreamLines)]),
    ...forkLines(upstreams),
    '',
  ].join('\n')
}

function upstreamLines({ name, source, git, feed }: ImportedUpstream): readonly string[] {
  return [
    `  # patch.moi: ${oneLine(source)}`,
    `  ${scalar(name)}:`,
    git === null
      ? `    git: ${placeholder}/${name}.git # PLACEHOLDER: the upstream repository`
      : `    git: ${scalar(git)}`,
    `    feed: ${scalar(feed)}`,
    `    # tags: { prefix: … } if tags begin with more than a v; see: undrift releases ${name}`,
  ]
}

/** patch.moi does not know the fork by its feed sources, so none is invented: these lines are for a person to complete. */
function forkLines(upstreams: readonly ImportedUpstream[]): readonly string[] {
  if (upstreams.length === 0) return ['forks: {}']
  return [
    '',
    '# PLACEHOLDER: your forks. Uncomment and complete the lines below, and delete the one with the empty list.',
    'forks: {}',
    '# forks:',
    ...upstreams.flatMap(({ name, branch }) => [
      `#   my-${name.slice(0, 37)}:`,
      `#     upstream: ${scalar(name)}`,
      `#     remotes: { origin: ${placeholder}/my-${name}.git } # PLACEHOLDER: your fork`,
      `#     branch: ${oneLine(scalar(branch))} # PLACEHOLDER: the branch with your patches`,
      '#     verify: [] # PLACEHOLDER: the commands that prove it, such as [npm ci, npm test]',
    ]),
  ]
}

function scalar(text: string): string {
  return stringify(text, { lineWidth: 0, defaultStringType: 'PLAIN', blockQuote: false }).trimEnd()
}

/** For a comment or a line of talk: nothing ends it, and nothing that looks like a secret is repeated. */
export function oneLine(text: string): string {
  return maskSpans(text, findSecrets(text))
    .replaceAll(/[\p{C}\p{Z}]+/gu, ' ')
    .slice(0, 200)
}
