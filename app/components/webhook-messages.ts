/** What stands for the secret where it is not shown. */
const PLACE_OF_SECRET = 'PASTE-THE-SECRET-HERE';

/** The message of a TradingView alert: TradingView fills in what stands in double braces. */
export function tradingViewMessage(secret = PLACE_OF_SECRET): string {
  const message = {
    secret,
    action: '{{strategy.order.action}}',
    id: '{{strategy.order.id}} {{timenow}}',
    time: '{{timenow}}',
    price: '{{close}}',
    comment: '{{strategy.order.comment}}',
  };
  return JSON.stringify(message, null, 2);
}

/** A command that posts a signal: with the secret in it, or signed with it. */
export function curlCommand(
  url: string,
  authentication: 'secret' | 'hmac',
  secret = PLACE_OF_SECRET,
): string {
  if (authentication === 'secret')
    return `curl '${url}' -d '{"secret":"${secret}","action":"buy","id":"my-signal-1"}'`;
  return [
    `secret='${secret}'`,
    `body='{"action":"buy","id":"my-signal-1","time":"'$(date -u +%FT%TZ)'"}'`,
    `curl '${url}' -d "$body" \\`,
    `  -H "X-Signature: $(printf %s "$body" | openssl dgst -sha256 -hmac "$secret" -r | cut -d' ' -f1)"`,
  ].join('\n');
}

/** Whether TradingView can reach an address: it posts to public hosts, on ports 80 and 443 alone. */
export function canBeReached(url: string): boolean {
  const { hostname, port } = new URL(url);
  return port === '' && !/^(localhost|\[|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(hostname);
}
