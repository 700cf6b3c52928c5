import { z } from 'zod'
import { createJsonFeed, type JsonFormat } from '../http/json-feed.ts'
import type { Feed } from '../types.ts'

const schema = z.object({
  name: z.string(),
  versions: z.record(z.string(), z.object({ version: z.string() })),
  /** Only in the full document. */
  time: z.record(z.string(), z.string()).optional(),
})

/** Source: npm's registry API, "Package metadata"; the abbreviated document is a tenth of the full one. */
const format: JsonFormat = {
  kind: 'npm',
  accept: 'application/vnd.npm.install-v1+json, application/json;q=0.8',
  read: (value, { tagPrefix = '' }) => {
    const { name, versions, time } = schema.parse(value)
    // The registry lists them in the order of their publication.
    return Object.keys(versions)
      .reverse()
      .map((version) => ({
        tag: `${tagPrefix}${version}`,
        title: `${name} ${version}`,
        publishedAt: time?.[version] ?? null,
        url: null,
        prerelease: /^\d+\.\d+\.\d+-/.test(version),
      }))
  },
}

/** The versions of a package on an npm registry: `https://registry.npmjs.org/<package>`. */
export function createNpmFeed(): Feed {
  return createJsonFeed(format)
}
