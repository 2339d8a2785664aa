/** Horner's rule, highest power first. */
function polynomial(coefficients: readonly number[], x: number): number {
  let value = 0;
  for (const coefficient of coefficients) value = value * x + coefficient;
  return value;
}

const UPPER = [
  3.52624965998911e-2, 0.700383064443688, 6.37396220353165, 33.912866078383, 112.079291497871,
  221.213596169931, 220.206867912376,
];
const LOWER = [
  8.83883476483184e-2, 1.75566716318264, 16.064177579207, 86.7807322029461, 296.564248779674,
  637.333633378831, 793.826512519948, 440.413735824752,
];
const ROOT_TWO_PI = Math.sqrt(2 * Math.PI);
/** From here on the tail is a continued fraction. */
const TAIL = 10 / Math.SQRT2;

/**
 * Returns the probability that a standard normal variable is at most `x`; absolute error below 1e-14.
 *
 * Source: G. West, Better approximations to cumulative normal functions, Wilmott Magazine 9 (2005), after J. F. Hart,
 * Computer Approximations (1968), 5666.
 */
export function normalCdf(x: number): number {
  const distance = Math.abs(x);
  const tail = distance > 37 ? 0 : Math.exp((-distance * distance) / 2) * tailFactor(distance);
  return x > 0 ? 1 - tail : tail;
}

function tailFactor(distance: number): number {
  if (distance < TAIL) return polynomial(UPPER, distance) / polynomial(LOWER, distance);
  const fraction = distance + 1 / (distance + 2 / (distance + 3 / (distance + 4 / (distance + 0.65))));
  return 1 / (fraction * ROOT_TWO_PI);
}

/** Numerators and denominators for the middle, the near tails and the far tails, highest power first. */
const MIDDLE = [
  [
    2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
    13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608,
  ],
  [
    5226.495278852854561, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
    5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1,
  ],
] as const;
const NEAR = [
  [
    7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258,
    3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734,
  ],
  [
    1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459,
    0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1,
  ],
] as const;
const FAR = [
  [
    2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093,
    0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772,
  ],
  [
    2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
    0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1,
  ],
] as const;

/**
 * Returns the `x` at which `normalCdf` is `probability`; relative error about 1e-15. -Infinity at 0, Infinity at 1. Throws
 * a RangeError outside 0..1.
 *
 * Source: M. J. Wichura, Algorithm AS 241: the percentage points of the normal distribution, Applied Statistics 37 (1988),
 * PPND16.
 */
export function normalQuantile(probability: number): number {
  if (!(probability >= 0 && probability <= 1))
    throw new RangeError(`A probability is 0..1, not ${probability}`);
  const offset = probability - 0.5;
  if (Math.abs(offset) <= 0.425) return offset * ratio(MIDDLE, 0.180625 - offset * offset);
  const tail = Math.min(probability, 1 - probability);
  if (tail === 0) return offset < 0 ? -Infinity : Infinity;
  const root = Math.sqrt(-Math.log(tail));
  const distance = root <= 5 ? ratio(NEAR, root - 1.6) : ratio(FAR, root - 5);
  return offset < 0 ? -distance : distance;
}

function ratio([upper, lower]: readonly [readonly number[], readonly number[]], x: number): number {
  return polynomial(upper, x) / polynomial(lower, x);
}
