/**
 * Names of extensions that exist but that hookline does not evaluate: those of iptables 1.8.9 and of
 * xtables-addons. A rule with one of them is kept, printed unchanged, and makes verdicts unknown.
 *
 * Source: iptables-extensions(8), xtables-addons(8).
 */
const KNOWN_TARGETS = new Set(
  (
    'AUDIT CHECKSUM CLASSIFY CLUSTERIP CONNMARK CONNSECMARK CT DNAT DNPT DSCP ECN HL HMARK IDLETIMER LED LOG MARK ' +
    'MASQUERADE NETMAP NFLOG NFQUEUE NOTRACK RATEEST REDIRECT REJECT SECMARK SET SNAT SNPT SYNPROXY TCPMSS ' +
    'TCPOPTSTRIP TEE TOS TPROXY TRACE TTL ULOG ' +
    'ACCOUNT CHAOS DELUDE DHCPMAC DNETMAP ECHO IPMARK LOGMARK PROTO SYSRQ TARPIT MIRROR IMQ ROUTE'
  ).split(' '),
)

/** Whether `-j name` can only mean a target extension: a known one, or a word written as targets are. */
export function looksLikeTarget(name: string): boolean {
  return KNOWN_TARGETS.has(name) || /^[A-Z][A-Z0-9_]{2,27}$/.test(name)
}
