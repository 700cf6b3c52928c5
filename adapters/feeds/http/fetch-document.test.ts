import { createServer } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { requestFor, serve } from '../testing/serve.ts'
import { type DocumentRequest, fetchDocument } from './fetch-document.ts'

const limits = { totalMilliseconds: 20_000, bytes: 1_000 }

function get(url: string, more: Partial<DocumentRequest> = {}) {
  return fetchDocument({ ...requestFor(url), accept: '*/*', ...more }, limits)
}

describe('a good server', () => {
  it('gives its document with what makes the next request conditional', async () => {
    await using server = await serve((_request, response) => {
      response.writeHead(200, {
        etag: '"a"',
        'last-modified': 'Thu, 30 Jul 2026 12:00:00 GMT',
        'content-type': 'text/xml',
      })
      response.end('hello')
    })
    const fetched = await get(server.origin)
    expect(fetched).toMatchObject({
      kind: 'document',
      contentType: 'text/xml',
      cursor: { etag: '"a"', lastModified: 'Thu, 30 Jul 2026 12:00:00 GMT' },
    })
    expect(fetched.kind === 'document' && Buffer.from(fetched.body).toString()).toBe('hello')
  })

  it('is asked with the cursor, and may say that nothing changed', async () => {
    await using server = await serve((request, response) => {
      response.writeHead(request.headers['if-none-match'] === '"a"' ? 304 : 200, { etag: '"a"' }).end()
    })
    const cursor = { etag: '"a"', lastModified: 'Thu, 30 Jul 2026 12:00:00 GMT' }
    expect(await get(server.origin, { cursor })).toMatchObject({
      kind: 'not-modified',
      cursor: { etag: '"a"' },
    })
    expect(server.requests[0]?.headers['if-modified-since']).toBe(cursor.lastModified)
  })

  it('may compress', async () => {
    await using server = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('hello'))
    })
    const fetched = await get(server.origin)
    expect(fetched.kind === 'document' && Buffer.from(fetched.body).toString()).toBe('hello')
  })
})

describe('redirects', () => {
  function hops(count: number, target: string) {
    return serve((request, response) => {
      const hop = Number(request.url?.slice(1))
      if (hop >= count) response.end(target)
      else response.writeHead(302, { location: `/${hop + 1}` }).end()
    })
  }

  it('are followed five times', async () => {
    await using server = await hops(5, 'there')
    expect(await get(`${server.origin}/0`)).toMatchObject({ kind: 'document', url: `${server.origin}/5` })
  })

  it('are refused the sixth time', async () => {
    await using server = await hops(6, 'there')
    expect(await get(`${server.origin}/0`)).toMatchObject({ kind: 'failed', reason: 'feed-redirects' })
    expect(server.requests).toHaveLength(6)
  })

  it.each([
    'http://127.0.0.1:3999/',
    'http://[::1]:3999/',
    'http://[::ffff:127.0.0.1]:3999/',
    'http://2130706433:3999/',
    'http://0x7f.1:3999/',
    'http://169.254.169.254/latest/meta-data/',
    'file:///etc/passwd',
    'ftp://example.org/',
    'http://user:pass@192.0.2.1/',
  ])('to %s are refused', async (location) => {
    await using server = await serve((_request, response) => response.writeHead(301, { location }).end())
    // The first hop's own address is opened by its name, so that only the second is at stake.
    const first = `http://localhost:${new URL(server.origin).port}/`
    const fetched = await get(first, { allow: ['localhost'] })
    expect(server.requests).toHaveLength(1)
    expect(fetched).toMatchObject({ kind: 'failed', reason: 'feed-refused-address' })
  })
})

describe('an address that is not public', () => {
  it.each([
    'http://127.0.0.1:3999/',
    'http://localhost:3999/',
    'http://[::1]:3999/',
    'http://[::ffff:7f00:1]:3999/',
    'http://0:3999/',
    'http://10.0.0.1/',
  ])('is never contacted: %s', async (url) => {
    expect(await get(url, { allow: [] })).toMatchObject({ kind: 'failed', reason: 'feed-refused-address' })
  })

  it('is contacted when its host is allowed by name', async () => {
    await using server = await serve((_request, response) => response.end('hello'))
    const url = `http://localhost:${new URL(server.origin).port}/`
    expect(await get(url, { allow: ['localhost'] })).toMatchObject({ kind: 'document' })
  })
})

describe('a bad server', () => {
  it.each(['file:///etc/passwd', 'not an address', 'ext::sh'])('is not asked at %s', async (url) => {
    expect((await get(url)).kind).toBe('failed')
  })

  it('gets its status as the reason, and its wish to be left alone', async () => {
    await using server = await serve((_request, response) =>
      response.writeHead(503, { 'retry-after': '77' }).end(),
    )
    expect(await get(`${server.origin}/feed?token=secret`)).toEqual({
      kind: 'failed',
      reason: 'feed-http-503',
      message: `The feed at ${server.origin}/feed answers with the status 503.`,
      retryAfterSeconds: 77,
    })
  })

  it.each([
    [429, {}, 60],
    [429, { 'retry-after': '60' }, 60],
    [403, { 'retry-after': '60' }, 60],
  ])('that answers %s with %o has its rate limit respected', async (status, headers, seconds) => {
    await using server = await serve((_request, response) => response.writeHead(status, headers).end())
    expect(await get(server.origin)).toMatchObject({
      reason: 'feed-rate-limited',
      retryAfterSeconds: seconds,
    })
  })

  it.each([403, 404, 410, 500])('that answers %s is named by it', async (status) => {
    await using server = await serve((_request, response) => response.writeHead(status).end('x'))
    expect(await get(server.origin)).toMatchObject({ reason: `feed-http-${status}`, retryAfterSeconds: null })
  })

  it('cannot say that nothing changed when it was not asked', async () => {
    await using server = await serve((_request, response) => response.writeHead(304).end())
    expect(await get(server.origin)).toMatchObject({ reason: 'feed-http-304' })
  })

  it('is cut off when it sends without end', async () => {
    await using server = await serve((_request, response) => {
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(1_000)));
      }
      response.on('drain', more)
      more()
    })
    expect(await get(server.origin)).toMatchObject({ reason: 'feed-too-large' })
  })

  it('is cut off when what it sends unfolds', async () => {
    await using server = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(50_000_000)))
    })
    expect(await get(server.origin)).toMatchObject({ reason: 'feed-too-large' })
  })

  it.each(['headers', 'body'])('is given up when its %s take too long', async (part) => {
    await using server = await serve((_request, response) => {
      if (part === 'body') response.write('x')
    })
    const request = { ...requestFor(server.origin), accept: '*/*' }
    expect(await fetchDocument(request, { ...limits, totalMilliseconds: 300 })).toMatchObject({
      reason: 'feed-timeout',
    })
  })

  it('is invalid when its compression is', async () => {
    await using server = await serve((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip at all')
    })
    expect(await get(server.origin)).toMatchObject({ reason: 'feed-invalid' })
  })

  it.each(['cuts the line', 'speaks no HTTP'])('is unreachable when it %s', async (how) => {
    const server = createServer((socket) => {
      if (how === 'cuts the line') socket.destroy()
      else socket.resume().end('SSH-2.0-OpenSSH\r\n\r\n')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : null
    expect(await get(`http://127.0.0.1:${port}/`)).toMatchObject({ reason: 'feed-unreachable' })
    await new Promise((resolve) => server.close(resolve))
  })

  it.each([
    [
      'a chunk without a length',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nZZZZ\r\n<feed/>',
      'feed-invalid',
    ],
    [
      'two lengths',
      'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n<feed>',
      'feed-invalid',
    ],
    [
      'ten compressions',
      `HTTP/1.1 200 OK\r\ncontent-encoding: ${Array(10).fill('gzip').join(', ')}\r\ncontent-length: 1\r\n\r\nx`,
      'feed-invalid',
    ],
    ['headers without end', `HTTP/1.1 200 OK\r\nx: ${'a'.repeat(100_000)}\r\n\r\n`, 'feed-too-large'],
  ])('that goes on with garbage after a 200 gets its reason: %s', async (_what, answer, reason) => {
    const server = createServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', () => socket.end(answer))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : null
    expect(await get(`http://127.0.0.1:${port}/`)).toMatchObject({ kind: 'failed', reason })
    await new Promise((resolve) => server.close(resolve))
  })

  it('is unreachable when nobody listens', async () => {
    expect(await get('http://127.0.0.1:3999/')).toMatchObject({ kind: 'failed', reason: 'feed-unreachable' })
  })
})

it("throws the caller's own abort", async () => {
  const controller = new AbortController()
  await using server = await serve(() => controller.abort(new Error('enough')))
  await expect(get(server.origin, { signal: controller.signal })).rejects.toThrow('enough')
})
