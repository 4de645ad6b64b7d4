/** The kernel oracle: ask the real netfilter what it does with exact bytes. A child process owns the namespaces. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { ChildReply, ChildRequest } from './child.ts'
import type { HostFiles } from './hostfiles.ts'
import type { OraclePacket } from './namespace.ts'
import { topology as completed, type Topology } from './topology.ts'
import type { Answer } from './verdict.ts'

export { oracleAvailable } from './available.ts'
export type { HostFiles } from './hostfiles.ts'
export type { OraclePacket } from './namespace.ts'
export type { Topology } from './topology.ts'
export type { Answer } from './verdict.ts'

/** The answer of the kernel to a whole ruleset: refused with the tool's words, or loaded. */
export type LoadResult = { readonly loaded: true } | { readonly loaded: false; readonly message: string }

/**
 * A kernel to ask. Every {@link KernelOracle.load} starts from a fresh namespace: tables absent from the text do not exist,
 * connection tracking is empty, and all counters are zero.
 */
export class KernelOracle {
  private readonly child: ChildProcess
  private readonly waiting: { resolve: (value: unknown) => void; reject: (reason: Error) => void }[] = []

  private constructor(child: ChildProcess) {
    this.child = child
    child.on('message', (reply: ChildReply) => {
      const next = this.waiting.shift()
      if ('error' in reply) next?.reject(new Error(reply.error))
      else next?.resolve(reply.value)
    })
    child.on('exit', (code) => {
      for (const { reject } of this.waiting.splice(0)) reject(new Error(`kernel oracle ended with status ${code}`))
    })
  }

  /** Starts the child process. `more` adds to the default topology of three networks. */
  static async start(more: Partial<Topology> = {}): Promise<KernelOracle> {
    const loader = new URL('../typescript.mjs', import.meta.url).href
    const file = new URL('./child.ts', import.meta.url).pathname
    const child = spawn(process.execPath, ['--import', loader, file], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    const oracle = new KernelOracle(child)
    await oracle.ask({ kind: 'topology', topology: completed(more) })
    return oracle
  }

  /** Makes a fresh namespace and loads the texts given; a refusal is a value, not an error. */
  load(rulesV4?: string, rulesV6?: string): Promise<LoadResult> {
    return this.ask({ kind: 'load', rulesV4: rulesV4 ?? null, rulesV6: rulesV6 ?? null })
  }

  /** Sends packets one after the other and tells what became of each. */
  send(packets: readonly OraclePacket[]): Promise<Answer[]> {
    return this.ask({ kind: 'send', packets })
  }

  /** `iptables-save -c` as it stands now. */
  save4(): Promise<string> {
    return this.ask({ kind: 'save', version: 4 })
  }

  /** `ip6tables-save -c` as it stands now. */
  save6(): Promise<string> {
    return this.ask({ kind: 'save', version: 6 })
  }

  /** `conntrack -L -o extended`, IPv4 then IPv6. */
  conntrack(): Promise<string> {
    return this.ask({ kind: 'conntrack' })
  }

  /** The files of a host directory that describe the namespace, without rules. */
  hostFiles(): Promise<HostFiles> {
    return this.ask({ kind: 'hostFiles' })
  }

  /** Runs a command inside the namespace and returns its standard output, for what the rest does not offer. */
  run(file: string, argv: readonly string[], input = ''): Promise<string> {
    return this.ask({ kind: 'run', file, argv, input })
  }

  /** Ends the child process, and with it the namespace. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return
    const ended = once(this.child, 'exit')
    this.child.disconnect()
    await ended
  }

  private ask<T>(request: ChildRequest): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.waiting.push({ resolve: resolve as (value: unknown) => void, reject })
      this.child.send(request)
    })
  }
}
