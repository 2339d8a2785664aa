import { formatSigned, formatSignedPercent, signOf } from './format.ts';

const LOOKS = {
  1: { glyph: '▲', colour: 'text-gain' },
  0: { glyph: '', colour: '' },
  [-1]: { glyph: '▼', colour: 'text-loss' },
} as const;

type DeltaProps = { value: string; decimals?: number; asPercent?: boolean; withGlyph?: boolean };

/** A gain or a loss: glyph, sign and colour, so that no one of them is needed to read it. */
export function Delta({ value, decimals = 2, asPercent, withGlyph = true }: DeltaProps) {
  const { glyph, colour } = LOOKS[signOf(value, decimals)];
  return (
    <span className={`whitespace-nowrap ${colour}`}>
      {withGlyph && glyph !== '' && (
        <span aria-hidden="true" className="mr-1 text-[0.8em] leading-none">
          {glyph}
        </span>
      )}
      {asPercent ? formatSignedPercent(value, decimals) : formatSigned(value, decimals)}
    </span>
  );
}
