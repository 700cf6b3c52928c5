import type { Watched } from '../../../client/apply-watches.ts'

interface Shape {
  /** Tells this run's watches from those of another on the same server. */
  readonly run: string
  readonly intervalSeconds: number
  readonly url: (watch: number) => string
  /** The repository of them all. */
  readonly git: string
}

/** The settings of so many upstreams with a fork each, of about the size that a config makes them. */
export function settingsFor(watches: number, { run, intervalSeconds, url, git }: Shape): Watched {
  const numbers = Array.from({ length: watches }, (_, watch) => watch)
  return {
    upstreams: numbers.map((watch) => ({
      name: `bench-${run}-${watch}`,
      git: { name: 'upstream', url: git, token: null },
      feed: url(watch),
      pollSeconds: intervalSeconds,
      tags: { prefix: 'v', prereleases: false },
      allow: ['127.0.0.0/8'],
    })),
    forks: numbers.map((watch) => ({
      name: `fork-${run}-${watch}`,
      line: 'main',
      upstream: `bench-${run}-${watch}`,
      remotes: [
        { name: 'origin', url: `https://git.example.org/us/project-${watch}.git`, token: 'env:FORGE_TOKEN' },
      ],
      branch: 'main',
      verify: {
        commands: ['npm ci', 'npm test'],
        network: false,
        timeoutSeconds: 1_800,
        idleSeconds: 600,
        outputBytes: 100_000_000,
        processes: 512,
      },
      sandbox: 'bubblewrap',
      publish: { candidate: 'undrift/candidate/{tag}', to: ['origin'], push: false },
      committer: { name: 'Undrift', email: 'undrift@localhost' },
    })),
  }
}
