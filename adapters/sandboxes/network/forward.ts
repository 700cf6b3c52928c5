import { connect, createServer } from 'node:net'

/**
 * A program of its own, inside a box's network: what connects to it on the loopback interface there comes out at the proxy
 * outside, whose socket is a file and so belongs to no network.
 */
const [socket = '', port = ''] = process.argv.slice(2)

createServer((inside) => {
  const outside = connect(socket)
  inside.pipe(outside).pipe(inside)
  for (const end of [inside, outside]) {
    end.on('error', () => {
      inside.destroy()
      outside.destroy()
    })
  }
}).listen(Number(port), '127.0.0.1', () => void process.stdout.write('ready\n'))
